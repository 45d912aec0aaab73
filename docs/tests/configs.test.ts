import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";

import { readLayeredConfig } from "../../packages/cli/src/read-run-config.ts";
import { configFiles, type Fence, fencesOfPage, fileNameOf, isTypeScript, pages, ROOT } from "./pages.ts";

type Sections = Readonly<Record<string, unknown>>;

const fences = pages.flatMap(fencesOfPage).filter(({ language }) => language === "yaml");
/** The README's first config: what a fence that is no whole config is a part of. */
const whole = fences.find(({ file }) => file === "README.md")!;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-pages-"));
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a fence as a config, beside the files that fences of the same page are. */
function writeConfig({ file, code }: Fence): string {
  for (const snippet of fencesOfPage(file).filter(isTypeScript)) {
    const name = fileNameOf(snippet);
    if (name !== undefined && !name.includes("/")) writeFileSync(path.join(folder, name), snippet.code);
  }
  const written = parse(code) as Sections;
  const isWhole = "data" in written && ("plugins" in written || "extends" in written);
  const content = isWhole ? written : { ...(parse(whole.code) as Sections), ...written };
  const config = path.join(folder, "config.yaml");
  writeFileSync(config, stringify(content));
  return config;
}

describe("YAML on pages is read as a config", () => {
  it.each(fences.map((fence) => [`${fence.file}:${fence.line}`, fence] as const))(
    "%s",
    async (_place, fence) => {
      const { config } = await readLayeredConfig(writeConfig(fence), []);
      const { plugins } = parse(fence.code) as { plugins?: readonly Sections[] };
      // What the fence says of its plugins is in the config, option by option.
      for (const { use, replace: _replaced, ...options } of plugins ?? []) {
        const name = path.basename(use as string);
        const resolved = config.resolved["plugins"] as readonly Sections[];
        expect(resolved.find((plugin) => path.basename(plugin["use"] as string) === name)).toMatchObject(
          options,
        );
      }
    },
  );
});

describe("config files are read as configs", () => {
  // Presets leave the images to the config that extends them.
  it.each(configFiles)("%s", async (file) => {
    const images = /\/presets\/|demo\.yaml$/.test(file)
      ? [{ by: "--set" as const, text: "data.train=./images" }]
      : [];
    const { config } = await readLayeredConfig(path.join(ROOT, file), images);
    expect(config.plugins.length).toBeGreaterThan(0);
  });
});
