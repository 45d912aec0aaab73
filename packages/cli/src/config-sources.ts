import { readFile } from "node:fs/promises";
import path from "node:path";

import { type ConfigOption, configOptions } from "@tssl/core/run";

import { isSection, type Section } from "./config-section.ts";
import type { ConfigLayer } from "./extended-config.ts";
import { lineOf } from "./line-of.ts";
import { environmentOverrides, overriddenPath, placedPath, useOf } from "./overrides.ts";
import { readLayeredConfig } from "./read-run-config.ts";

/** Who said a value. */
export type ValueSource =
  | { readonly kind: "default" }
  | { readonly kind: "override"; readonly by: "--set" | "TSSL_SET"; readonly text: string }
  /** `line` counts from 1; absent in TypeScript. */
  | { readonly kind: "file"; readonly file: string; readonly preset?: string; readonly line?: number };

/** An option with its value and who said it. */
export interface SourcedOption extends ConfigOption {
  readonly source: ValueSource;
}

/**
 * Reads and checks a config, and finds out who said each of its values.
 *
 * @param environment overrides from the environment, which come before `flags`, those of the command line.
 */
export async function readSourcedOptions(
  file: string,
  environment: readonly string[],
  flags: readonly string[],
): Promise<readonly SourcedOption[]> {
  const { config, layers, content } = await readLayeredConfig(file, [...environment, ...flags]);
  const overrides = [
    ...environment.map((text) => ({ by: "TSSL_SET", text }) as const),
    ...flags.map((text) => ({ by: "--set", text }) as const),
  ].map((override) => ({
    ...override,
    kind: "override" as const,
    path: placedPath(content, overriddenPath(override.text)).split("."),
  }));
  const texts = new Map<string, string>();
  for (const layer of layers) {
    if (/\.(ya?ml|json)$/i.test(layer.file)) texts.set(layer.file, await readFile(layer.file, "utf8"));
  }

  // Merging keeps every value at its path, so whoever said the path last said the value.
  const sourceOf = (place: readonly string[]): ValueSource => {
    if (!says(content, place)) return { kind: "default" };
    const override = overrides.findLast((each) => overlap(each.path, place));
    if (override !== undefined) return { kind: "override", by: override.by, text: override.text };
    for (const layer of [...layers].reverse()) {
      const within = pathIn(layer, place, content);
      if (within === undefined || !says(layer.content, within)) continue;
      const text = texts.get(layer.file);
      return {
        kind: "file",
        file: layer.file,
        ...(layer.preset !== undefined && { preset: layer.preset }),
        ...(text !== undefined && { line: lineOf(text, within) }),
      };
    }
    return { kind: "default" };
  };
  return configOptions(config).map((option) => ({ ...option, source: sourceOf(option.path) }));
}

/**
 * Who said each option of a config, by the option's name, in the words of `sourceText`.
 *
 * @param set with what the environment sets at the beginning.
 */
export async function sourcesOf(file: string, set: readonly string[]): Promise<Record<string, string>> {
  const fromEnvironment = environmentOverrides().length;
  const options = await readSourcedOptions(file, set.slice(0, fromEnvironment), set.slice(fromEnvironment));
  return Object.fromEntries(options.map(({ name, source }) => [name, sourceText(source)]));
}

/** "config.yaml:9", "preset moco/cifar10:8", "--set optimizer.lr=0.1", "default". */
export function sourceText(source: ValueSource): string {
  if (source.kind === "default") return "default";
  if (source.kind === "override") return `${source.by} ${source.text}`;
  const { preset, line } = source;
  const file = preset === undefined ? fileText(source.file) : `preset ${preset}`;
  return line === undefined ? file : `${file}:${line}`;
}

/** A path as it is shown: from here, unless that is longer. */
export function fileText(file: string): string {
  const relative = path.relative("", file);
  return relative.length < file.length ? relative : file;
}

/** Whether one is the other or leads to it: an override may set a part of a list, or all that holds the option. */
const overlap = (one: readonly string[], other: readonly string[]): boolean =>
  one.slice(0, other.length).every((key, i) => key === other[i]);

function says(content: unknown, place: readonly string[]): boolean {
  const [key, ...rest] = place;
  if (key === undefined) return true;
  if (typeof content !== "object" || content === null || !Object.hasOwn(content, key)) return false;
  return says((content as Readonly<Record<string, unknown>>)[key], rest);
}

/** Where a layer has what stands at `place` of the whole: plugins are told apart by `use`, wherever in the list they are. */
function pathIn(
  { content }: ConfigLayer,
  place: readonly string[],
  whole: Section,
): readonly string[] | undefined {
  const [section, index, ...rest] = place;
  if (section !== "plugins" || index === undefined) return place;
  const pluginsOf = (section: Section): readonly unknown[] =>
    Array.isArray(section["plugins"]) ? (section["plugins"] as readonly unknown[]) : [];
  const use = useOf(pluginsOf(whole)[Number(index)]);
  const at = pluginsOf(content).findIndex((item) => isSection(item) && useOf(item) === use);
  return at < 0 ? undefined : ["plugins", String(at), ...rest];
}
