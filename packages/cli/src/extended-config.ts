import path from "node:path";

import { didYouMean } from "@tssl/core/internal";
import { readConfigFile, TsslError } from "@tssl/core/run";

import { isSection, type Section, withAbsolutePaths } from "./config-section.ts";
import { type PresetName, presets } from "./presets.ts";

/** A config file, and what it says itself. */
export interface ConfigLayer {
  readonly file: string;
  /** The name by which another file extends this one. */
  readonly preset?: string;
  /** Unchecked, without `extends` and the `$schema` that JSON names for editors; paths in it are absolute. */
  readonly content: Section;
}

/**
 * Reads a config file, the one that it extends, and the one that that extends; the one that extends nothing comes first.
 *
 * `extends` is the path of another config, from the folder of the file that says it, or the name of a preset: "simclr/imagenet".
 *
 * @throws {TsslError} INVALID_CONFIG if one cannot be read or holds no object, no preset has the name, or files extend each other in a
 * circle.
 */
export async function readConfigLayers(file: string): Promise<readonly ConfigLayer[]> {
  return readLayers({ file }, []);
}

async function readLayers(
  { file, preset }: Base,
  extending: readonly string[],
): Promise<readonly ConfigLayer[]> {
  const read = await readConfigFile(file);
  if (!isSection(read)) {
    throw new TsslError(
      "INVALID_CONFIG",
      `${file} must hold an object with data, encoder, plugins, …, got ${JSON.stringify(read)}.`,
    );
  }
  const { extends: base, $schema, ...content } = withAbsolutePaths(read, path.dirname(path.resolve(file)));
  const layer = { file, ...(preset !== undefined && { preset }), content };
  if (base === undefined) return [layer];
  const chain = [...extending, path.resolve(file)];
  const beneath = baseOf(base, file);
  if (chain.includes(beneath.file)) {
    const circle = [...chain, beneath.file].map((each) => path.basename(each)).join(" → ");
    throw new TsslError("INVALID_CONFIG", `${file}: extends goes round in a circle: ${circle}.`);
  }
  return [...(await readLayers(beneath, chain)), layer];
}

/**
 * What the layers say together. A later one wins, option by option. Plugins are told apart by `use`: one in both keeps the options that the
 * later one does not name, and one in the later alone is added. An encoder or an optimizer of another `use` replaces all of the section.
 */
export const mergedLayers = (layers: readonly ConfigLayer[]): Section =>
  layers.map(({ content }) => content).reduce(merged);

interface Base {
  readonly file: string;
  readonly preset?: string;
}

function baseOf(base: unknown, file: string): Base {
  if (typeof base === "string") {
    if (/\.\w+$/.test(base)) return { file: path.resolve(path.dirname(file), base) };
    if (Object.hasOwn(presets, base)) return { file: presets[base as PresetName], preset: base };
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
