import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Code between two lines of three backticks, on a page or in a doc comment. */
export interface Fence {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Line of the file that holds the first line of code, counted from 1. */
  readonly line: number;
  /** The word after the backticks, such as "ts"; "" for none. */
  readonly language: string;
  readonly code: string;
}

const inFolders = (parent: string, name: string): string[] =>
  readdirSync(path.join(ROOT, parent))
    .sort()
    .map((folder) => path.posix.join(parent, folder, name))
    .filter((file) => existsSync(path.join(ROOT, file)));

const inFolder = (folder: string, ending: string): string[] =>
  readdirSync(path.join(ROOT, folder))
    .sort()
    .filter((name) => name.endsWith(ending))
    .map((name) => path.posix.join(folder, name));

/**
 * The pages that a user or a contributor reads, as paths from the root. Those of bench/results are records.
 */
export const pages: readonly string[] = [
  ...inFolder(".", ".md").filter((file) => file !== "CHANGELOG.md"),
  ...inFolder("docs", ".md"),
  ...inFolders("packages", "README.md"),
  ...inFolders("examples", "README.md"),
  "bench/README.md",
];

/** The config files that come with the project, as paths from the root. */
export const configFiles: readonly string[] = [
  "packages/cli/demo.yaml",
  ...readdirSync(path.join(ROOT, "examples"))
    .filter((name) => existsSync(path.join(ROOT, "examples", name, "README.md")))
    .flatMap((name) => inFolder(`examples/${name}`, ".yaml")),
  ...inFolders("packages", "presets").flatMap((folder) => inFolder(folder, ".yaml")),
  ...inFolder("bench/methods", ".yaml"),
  ...inFolder("bench/long-run", ".yaml"),
];

export const readText = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

/** The fences in the lines of a file, the first of which is its line `first`. */
export function fencesIn(file: string, lines: readonly string[], first = 1): Fence[] {
  const fences: Fence[] = [];
  let open: { language: string; start: number } | undefined;
  for (const [i, line] of lines.entries()) {
    const language = /^ *```(\w*)$/.exec(line)?.[1];
    if (language === undefined) continue;
    if (open === undefined) {
      open = { language, start: i + 1 };
    } else {
      const code = lines.slice(open.start, i).join("\n");
      fences.push({ file, line: first + open.start, language: open.language, code });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${file}:${first + open.start - 1}: a fence has no end.`);
  return fences;
}

/** The fences of one page. */
export const fencesOfPage = (file: string): Fence[] => fencesIn(file, readText(file).split("\n"));

/** A page without its fences; the lines that they take stay, empty. */
export const proseOf = (file: string): string =>
  readText(file).replace(/^ *```[\s\S]*?^ *```$/gm, (fence) => fence.replace(/[^\n]/g, ""));

export const isTypeScript = ({ language }: Fence): boolean => language === "ts" || language === "typescript";

/** The file that a fence is, by the comment that it begins with: "// uniformity.ts". */
export const fileNameOf = ({ code }: Fence): string | undefined => /^\/\/ (\S+\.ts)\n/.exec(code)?.[1];
