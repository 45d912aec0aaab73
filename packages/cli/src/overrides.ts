import { parse } from "yaml";

import { isSection } from "./config-section.ts";
import { usageError } from "./errors.ts";

/**
 * What the environment sets: TSSL_SET="optimizer.lr=0.1;epochs=3". The same words as those of `--set`, because names of options are
 * written in camel case, which names of environment variables cannot say; `--set` comes later and wins.
 *
 * @returns one "path=value" for each, as `--set` takes them.
 * @throws UsageError for one that is none.
 */
export function environmentOverrides(value = process.env["TSSL_SET"]): readonly string[] {
  const overrides = (value ?? "")
    .split(";")
    .map((override) => override.trim())
    .filter((override) => override !== "");
  for (const override of overrides) splitOverride(override, "TSSL_SET");
  return overrides;
}

/** "optimizer.lr=0.1" is a path and a value. */
function splitOverride(override: string, by = "--set"): readonly [path: string, value: string] {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(override) ?? [];
  if (path !== undefined && value !== undefined) return [path, value];
  throw usageError(`${by} must be path=value, as in optimizer.lr=0.1, got ${JSON.stringify(override)}.`);
}

/** The path that an override sets: "optimizer.lr". */
export const overriddenPath = (override: string): string => splitOverride(override)[0];

/**
 * Sets "a.b.0.c=value" in a copy; makes the sections that are missing on the way. In a list a name stands for the item with that `use`:
 * "plugins.clsa.beta".
 *
 * Only what stands on the way is copied: a TypeScript config holds plugins themselves, and these stay who they are.
 */
export const applyOverrides = (
  content: Readonly<Record<string, unknown>>,
  overrides: readonly string[],
): Record<string, unknown> =>
  overrides.reduce<Record<string, unknown>>((before, override) => {
    const [dotted, value] = splitOverride(override);
    return withValue(before, partsOf(dotted), parse(value), dotted) as Record<string, unknown>;
  }, content);

function withValue(place: unknown, parts: readonly string[], value: unknown, dotted: string): unknown {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  if (Array.isArray(place)) {
    const copy: unknown[] = [...(place as unknown[])];
    const at = Number(itemKey(copy, part, dotted));
    copy[at] = withValue(copy[at], rest, value, dotted);
    return copy;
  }
  const section = isSection(place) ? place : {};
  return { ...section, [part]: withValue(section[part], rest, value, dotted) };
}

/** A path as `applyOverrides` takes it, with names in lists by their place: "plugins.1.beta" for "plugins.clsa.beta". */
export function placedPath(content: Readonly<Record<string, unknown>>, dotted: string): string {
  let place: unknown = content;
  const keys = partsOf(dotted).map((part) => {
    const key = Array.isArray(place) ? itemKey(place, part, dotted) : part;
    place = typeof place === "object" && place !== null ? (place as Record<string, unknown>)[key] : undefined;
    return key;
  });
  return keys.join(".");
}

/** "plugins[1].beta" and "plugins.1.beta" are the same path. */
const partsOf = (dotted: string): readonly string[] => dotted.replaceAll(/\[(\d+)\]/g, ".$1").split(".");

/** Where in a list the item is that a path names by its number or its `use`. */
function itemKey(list: readonly unknown[], part: string, dotted: string): string {
  if (/^\d+$/.test(part)) return part;
  const uses = list.map((item) => useOf(item));
  const at = uses.indexOf(part);
  if (at < 0) {
    throw usageError(
      `${dotted}: there is no "${part}" in the list; it has ${uses.filter(Boolean).join(", ")}.`,
    );
  }
  return String(at);
}

/** The name that a plugin has in a config: a word, or that of the plugin itself in a TypeScript file. */
export function useOf(item: unknown): string | undefined {
  if (!isSection(item)) return undefined;
  const { use } = item;
  if (typeof use === "string") return use;
  return isSection(use) && "name" in use ? String(use["name"]) : undefined;
}
