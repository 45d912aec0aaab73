import { existsSync } from "node:fs";
import path from "node:path";

import { type ConfigFile, readConfigFile } from "@tssl/core/run";
import { isSection, type Section } from "@tssl/core/internal";

import { withAbsolutePaths } from "./config-section.ts";
import { configNotAnObject, extendsItself, nothingToReplace, unknownBase } from "./messages/config.ts";
import { useOf } from "./overrides.ts";
import { type PresetName, presets } from "./presets.ts";

/** A config file with the values that it sets itself. */
export interface ConfigLayer {
  readonly file: string;
  /** Name of the preset, where another file extends this one by name. */
  readonly preset?: string;
  /** Text of the file; absent for TypeScript and JavaScript. */
  readonly text?: string;
  /** Unchecked; without `extends` and the `$schema` that JSON names for editors; paths are absolute. */
  readonly content: Section;
}

/** A config file that another one extends, or the first one. */
interface Source {
  readonly file: string;
  readonly preset?: string;
}

/**
 * Reads a config file and the chain of files that it extends. The file that extends nothing comes first in
 * the result.
 *
 * `extends` is the path of another config, relative to the folder of the file, or the name of a preset:
 * "simclr/imagenet".
 *
 * @throws {TsslError} INVALID_CONFIG if a file cannot be read or does not hold an object, if there is no
 * preset of the name, or if files extend each other in a circle.
 */
export const readConfigLayers = async (file: string): Promise<readonly ConfigLayer[]> =>
  withBaseLayers({ file }, await readConfigFile(file));

/** The layer of a file that has been read, after the layers of the files that it extends. */
export async function withBaseLayers(
  { file, preset }: Source,
  { content: read, text }: ConfigFile,
  extending: readonly string[] = [],
): Promise<readonly ConfigLayer[]> {
  if (!isSection(read)) throw configNotAnObject(file, read);
  const {
    extends: extended,
    $schema,
    ...content
  } = withAbsolutePaths(read, path.dirname(path.resolve(file)));
  const layer = {
    file,
    ...(preset !== undefined && { preset }),
    ...(text !== undefined && { text }),
    content,
  };
  if (extended === undefined) return [layer];
  const chain = [...extending, path.resolve(file)];
  const base = baseOf(extended, file);
  if (chain.includes(base.file)) {
    throw extendsItself(
      file,
      [...chain, base.file].map((each) => path.basename(each)),
    );
  }
  return [...(await withBaseLayers(base, await readConfigFile(base.file), chain)), layer];
}

/**
 * Merges layers. A later layer overrides an earlier one, option by option. Plugins are matched by `use`: one
 * in both layers keeps the options that the later layer does not set, and one in the later layer alone is
 * added, unless it takes the place of another: `{ replace: simclr, use: ./barlow-twins.ts }`.
 * `{ remove: clsa }` takes one away. An encoder or optimizer with another `use` replaces the whole section.
 */
export const mergedLayers = (layers: readonly ConfigLayer[]): Section =>
  layers.map(({ content }) => content).reduce(merged, {});

function baseOf(extended: unknown, file: string): Source {
  if (typeof extended === "string") {
    if (/\.\w+$/.test(extended)) {
      const folder = path.dirname(path.resolve(file));
      return { file: inPackage(extended, folder) ?? path.resolve(folder, extended) };
    }
    if (Object.hasOwn(presets, extended)) return { file: presets[extended as PresetName], preset: extended };
  }
  throw unknownBase(file, extended, Object.keys(presets));
}

/** The file of an installed package: "@me/methods/presets/small.yaml". */
function inPackage(name: string, folder: string): string | undefined {
  if (!/^(@|tssl-)/.test(name)) return undefined;
  const file = path.join(folder, "node_modules", name);
  if (existsSync(file)) return file;
  const above = path.dirname(folder);
  return above === folder ? undefined : inPackage(name, above);
}

function merged(base: Section, own: Section): Section {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const beneath = base[key];
    if (key === "plugins" && Array.isArray(value)) {
      result[key] = mergedPlugins(Array.isArray(beneath) ? beneath : [], value);
    } else if (isSection(beneath) && isSection(value) && sameUse(beneath, value)) {
      result[key] = merged(beneath, value);
    } else {
      result[key] = value;
    }
  }
  return result;
}

/** A section without `use` adds to that of the other layer, whatever its `use`. */
const sameUse = (base: Section, own: Section): boolean =>
  own["use"] === undefined || own["use"] === base["use"];

function mergedPlugins(base: readonly unknown[], own: readonly unknown[]): readonly unknown[] {
  const list = [...base];
  for (const item of own) {
    const { replace, remove, ...rest } = isSection(item) ? item : {};
    if (replace !== undefined) list[placeOf("replace", replace, list)] = rest;
    else if (remove !== undefined) list.splice(placeOf("remove", remove, list), 1);
    else {
      const at = list.findIndex((other) => useIn(item) !== undefined && useIn(other) === useIn(item));
      if (at < 0) list.push(item);
      else list[at] = merged(list[at] as Section, item as Section);
    }
  }
  return list;
}

const useIn = (item: unknown): unknown => (isSection(item) ? item["use"] : undefined);

function placeOf(key: "replace" | "remove", name: unknown, list: readonly unknown[]): number {
  const at = list.findIndex((item) => name !== null && useIn(item) === name);
  if (at < 0)
    throw nothingToReplace(
      key,
      name,
      list.map(useOf).filter((use) => use !== undefined),
    );
  return at;
}
