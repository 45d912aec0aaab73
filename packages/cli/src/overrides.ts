import { parse } from "yaml";

import { isSection } from "./config-section.ts";
import * as messages from "./messages.ts";

/** A value of a config that is set outside its file. */
export interface Override {
  /** Where it is set. */
  readonly by: "--set" | "TSSL_SET";
  /** As it was written: "optimizer.lr=0.1". */
  readonly text: string;
}

/** An override on the command line. */
export const setBy = (text: string): Override => ({ by: "--set", text });

/**
 * The overrides in the environment: TSSL_SET="optimizer.lr=0.1;epochs=3". Names of options are in camel case,
 * so they cannot be names of environment variables themselves. `--set` is applied later and wins.
 *
 * @throws {UsageError} for one that is not path=value.
 */
export function environmentOverrides(value = process.env["TSSL_SET"]): readonly Override[] {
  const overrides = (value ?? "")
    .split(";")
    .map((text): Override => ({ by: "TSSL_SET", text: text.trim() }))
    .filter(({ text }) => text !== "");
  for (const override of overrides) splitOverride(override);
  return overrides;
}

function splitOverride(override: Override): readonly [path: string, value: string] {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(override.text) ?? [];
  if (path === undefined || value === undefined) throw messages.malformedOverride(override.by, override.text);
  return [path, value];
}

/** The path that an override sets: "optimizer.lr". */
export const overriddenPath = (override: Override): string => splitOverride(override)[0];

/**
 * Sets "a.b.0.c=value" in a copy, and adds missing sections on the way. In a list, a name means the item with
 * that `use`: "plugins.clsa.beta".
 *
 * Only the sections on the way are copied. A TypeScript config can hold plugins themselves, and they must
 * stay the same objects.
 */
export const applyOverrides = (
  content: Readonly<Record<string, unknown>>,
  overrides: readonly Override[],
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

/**
 * The same path with the places of list items instead of their names: "plugins.1.beta" for
 * "plugins.clsa.beta".
 */
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

/** The place in a list of the item that a path names by its place or its `use`. */
function itemKey(list: readonly unknown[], part: string, dotted: string): string {
  if (/^\d+$/.test(part)) return part;
  const uses = list.map((item) => useOf(item));
  const at = uses.indexOf(part);
  if (at < 0) {
    throw messages.itemMissing(
      dotted,
      part,
      uses.filter((use) => use !== undefined),
    );
  }
  return String(at);
}

/**
 * The name of a plugin in a config: the text after `use`, or in a TypeScript config the name of the plugin
 * itself.
 */
export function useOf(item: unknown): string | undefined {
  if (!isSection(item)) return undefined;
  const { use } = item;
  if (typeof use === "string") return use;
  return isSection(use) && "name" in use ? String(use["name"]) : undefined;
}
