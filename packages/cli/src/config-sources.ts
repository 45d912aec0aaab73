import path from "node:path";

import { type ConfigOption, configOptions } from "@tssl/core/run";

import { isSection, type Section, withoutSecretsIn } from "@tssl/core/internal";

import type { ConfigLayer } from "./extended-config.ts";
import { lineOf } from "./line-of.ts";
import { overriddenPath, type Override, placedPath, useOf } from "./overrides.ts";
import { type LayeredConfig, ownNamesIn } from "./read-run-config.ts";

/** Where a value comes from. */
export type ValueSource =
  | { readonly kind: "default" }
  | ({ readonly kind: "override" } & Override)
  /** `line` counts from 1; absent for TypeScript and JavaScript. */
  | { readonly kind: "file"; readonly file: string; readonly preset?: string; readonly line?: number };

/** An option with its value and where the value comes from. */
export interface SourcedOption extends ConfigOption {
  readonly source: ValueSource;
}

/** Every option of a config with where its value comes from; addresses are without their secrets. */
export function sourcedOptions({
  config,
  layers,
  overrides,
  content,
}: LayeredConfig): readonly SourcedOption[] {
  const ownName = ownNamesIn(config);
  const placed = overrides.map((override) => ({
    override,
    path: placedPath(content, overriddenPath(override), ownName).split("."),
  }));

  // Merging keeps every value at its path, so a value comes from the last layer that has something at its
  // path.
  const sourceOf = (place: readonly string[]): ValueSource => {
    if (!hasValueAt(content, place)) return { kind: "default" };
    const last = placed.findLast((each) => overlap(each.path, place));
    if (last !== undefined) return { kind: "override", ...last.override };
    for (const layer of [...layers].reverse()) {
      const { file, preset, text } = layer;
      const within = pathIn(layer, place, content);
      if (within === undefined || !hasValueAt(layer.content, within)) continue;
      return {
        kind: "file",
        file,
        ...(preset !== undefined && { preset }),
        ...(text !== undefined && { line: lineOf(text, within) }),
      };
    }
    return { kind: "default" };
  };
  return configOptions(config).map((option) => ({
    ...option,
    value: withoutSecretsIn(option.value),
    source: withoutSecretsIn(sourceOf(option.path)),
  }));
}

/** Where the value of each option comes from, as text, by the name of the option. */
export const sourcesOf = (layered: LayeredConfig): Record<string, string> =>
  Object.fromEntries(sourcedOptions(layered).map(({ name, source }) => [name, sourceText(source)]));

/** "config.yaml:9", "preset moco/cifar10:8", "--set optimizer.lr=0.1", "default". */
export function sourceText(source: ValueSource): string {
  if (source.kind === "default") return "default";
  if (source.kind === "override") return `${source.by} ${source.text}`;
  const { preset, line } = source;
  const file = preset === undefined ? fileText(source.file) : `preset ${preset}`;
  return line === undefined ? file : `${file}:${line}`;
}

/** A path relative to the working directory, or as it is where that is shorter. */
export function fileText(file: string): string {
  const relative = path.relative("", file);
  return relative.length < file.length ? relative : file;
}

/** Whether a path is a part of the other: an override may set an item of a list, or a whole section. */
const overlap = (one: readonly string[], other: readonly string[]): boolean =>
  one.slice(0, other.length).every((key, i) => key === other[i]);

function hasValueAt(content: unknown, place: readonly string[]): boolean {
  const [key, ...rest] = place;
  if (key === undefined) return true;
  if (typeof content !== "object" || content === null || !Object.hasOwn(content, key)) return false;
  return hasValueAt((content as Readonly<Record<string, unknown>>)[key], rest);
}

/**
 * The path in a layer of the value at `place` in the merged config. Plugins are matched by `use`, at any
 * place in the list.
 */
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
