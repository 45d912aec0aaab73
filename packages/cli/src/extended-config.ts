import path from "node:path";

import { didYouMean, readConfigFile, TsslError } from "@tssl/core";

import { isSection, type Section, withAbsolutePaths } from "./config-section.ts";
import { presets } from "./presets.ts";

/**
 * Reads a config file together with the one that it extends, and the one that that extends.
 *
 * `extends` is the path of another config, from the folder of the file that says it, or the name of a preset: "simclr/imagenet".
 * What the file says wins, option by option. Plugins are told apart by `use`: one in both files keeps the other file's options that
 * this one does not name, and one in this file alone is added. An encoder or an optimizer of another `use` replaces all of the section.
 *
 * @returns what the files hold, unchecked, without `extends`; paths in them are absolute.
 * @throws {TsslError} INVALID_CONFIG if one cannot be read, no preset has the name, or files extend each other in a circle.
 */
export async function readExtendedConfig(file: string, extending: readonly string[] = []): Promise<unknown> {
  const content = await readConfigFile(file);
  if (!isSection(content)) return content;
  const { extends: base, ...own } = withAbsolutePaths(content, path.dirname(path.resolve(file)));
  if (base === undefined) return own;
  const chain = [...extending, path.resolve(file)];
  const baseFile = fileOf(base, file);
  if (chain.includes(baseFile)) {
    const circle = [...chain, baseFile].map((each) => path.basename(each)).join(" → ");
    throw new TsslError("INVALID_CONFIG", `${file}: extends goes round in a circle: ${circle}.`);
  }
  const beneath = await readExtendedConfig(baseFile, chain);
  return isSection(beneath) ? merged(beneath, own) : own;
}

function fileOf(base: unknown, file: string): string {
  if (typeof base === "string") {
    if (/\.\w+$/.test(base)) return path.resolve(path.dirname(file), base);
    if (Object.hasOwn(presets, base)) return presets[base]!;
  }
  const known = Object.keys(presets);
  const hint = typeof base === "string" ? didYouMean(base, known) : "";
  throw new TsslError(
    "INVALID_CONFIG",
    `${file}: extends must be the path of a config file or a preset, got ${JSON.stringify(base)}.${hint} Presets: ${known.join(", ")}`,
  );
}

function merged(base: Section, own: Section): Section {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const beneath = base[key];
    if (key === "plugins" && Array.isArray(beneath) && Array.isArray(value)) {
      result[key] = mergedPlugins(beneath, value);
    } else if (isSection(beneath) && isSection(value) && sameUse(beneath, value)) {
      result[key] = merged(beneath, value);
    } else {
      result[key] = value;
    }
  }
  return result;
}

/** A section without `use` is about whatever the other one chose. */
const sameUse = (base: Section, own: Section): boolean =>
  own["use"] === undefined || own["use"] === base["use"];

function mergedPlugins(base: readonly unknown[], own: readonly unknown[]): readonly unknown[] {
  const useOf = (item: unknown) => (isSection(item) ? item["use"] : undefined);
  const isOf = (use: unknown) => (item: unknown) => use !== undefined && useOf(item) === use;
  return [
    ...base.map((item) => {
      const more = own.find(isOf(useOf(item)));
      return more === undefined ? item : merged(item as Section, more as Section);
    }),
    ...own.filter((item) => !base.some(isOf(useOf(item)))),
  ];
}
