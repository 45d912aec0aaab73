import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { packageNames } from "./doc-comments.ts";
import { pages, proseOf, ROOT } from "./pages.ts";

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;

/** A heading as GitHub names it in a link: "What runs where" is what-runs-where. */
const anchorsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, "")
      .replaceAll(" ", "-"),
  );

/** What is wrong with the links of a page that lead into the repository. */
function brokenLinks(page: string): string[] {
  const text = proseOf(page);
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(({ 1: link, index }) => {
    if (/^[a-z]+:/.test(link!)) return [];
    const [file, anchor] = link!.split("#");
    const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file!);
    const place = `${page}:${lineAt(text, index)}: ${link}`;
    if (!existsSync(path.join(ROOT, target))) return [place];
    return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).includes(anchor)
      ? [place]
      : [];
  });
}

const sources: readonly string[] = packageNames.flatMap((name) =>
  ["src", "native", "kernels", "fixtures"].flatMap((folder) => {
    const parent = path.posix.join("packages", name, folder);
    if (!existsSync(path.join(ROOT, parent))) return [];
    const within = readdirSync(path.join(ROOT, parent), { recursive: true, encoding: "utf8" });
    return [parent, ...within.map((file) => path.posix.join(parent, file))];
  }),
);

/**
 * Source files and folders that a page names, such as `training/step-clock.ts` or `replay/`, and that do not
 * exist.
 */
function missingSources(page: string): string[] {
  const text = proseOf(page);
  return [...text.matchAll(/`((?:[\w-]+\/)*(?:[\w-]+\.(?:ts|cc|h|py)|[\w-]+\/))`/g)]
    .filter(({ 1: name }) => {
      const wanted = `/${name!.replace(/\/$/, "")}`;
      return !sources.some((file) => `/${file}`.endsWith(wanted)) && !existsSync(path.join(ROOT, name!));
    })
    .map(({ 1: name, index }) => `${page}:${lineAt(text, index)}: ${name}`);
}

describe("links lead to files and headings that exist", () => {
  it.each([...pages, "CHANGELOG.md"])("%s", (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });
});

describe("source files and folders that are named exist", () => {
  it("ARCHITECTURE.md", () => {
    expect(missingSources("ARCHITECTURE.md")).toEqual([]);
  });
});
