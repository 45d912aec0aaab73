import { isSection, messageOf, parseYaml, type Section } from "@tssl/core/internal";

import { withAbsoluteValue } from "./config-section.ts";
import {
  itemMissing,
  malformedOverride,
  overrideNotRead,
  pathTooDeep,
  placeBeyondList,
} from "./messages/overrides.ts";

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
  if (path === undefined || value === undefined) throw malformedOverride(override.by, override.text);
  return [path, value];
}

/** The value that an override sets, as in YAML. */
function overridingValue(override: Override): unknown {
  try {
    return parseYaml(splitOverride(override)[1]);
  } catch (error) {
    throw overrideNotRead(override.by, override.text, messageOf(error));
  }
}

/** Keys of a path at most. */
const DEEPEST = 20;

/** The path that an override sets: "optimizer.lr". */
export const overriddenPath = (override: Override): string => splitOverride(override)[0];

/** The own name of what a config uses by the path of a file or by a package; undefined for other items. */
export type OwnName = (item: unknown) => string | undefined;

interface OverrideOptions {
  /** Of relative paths among the values. Default: the working directory. */
  readonly folder?: string;
  /** By default a plugin is only found by its place and its `use`. */
  readonly ownName?: OwnName;
}

/**
 * Sets "a.b.0.c=value" in a copy, and adds missing sections on the way. In a list, a name means the plugin of
 * that name: "plugins.clsa.beta". A path such as data.train counts from the working directory. Another `use`
 * drops the options of the section, but for those of earlier overrides, as in a file that extends another.
 *
 * Only the sections on the way are copied. A TypeScript config can hold plugins themselves, and they must
 * stay the same objects.
 */
export function applyOverrides(
  content: Section,
  overrides: readonly Override[],
  { folder = ".", ownName }: OverrideOptions = {},
): Section {
  const set: string[][] = [];
  return overrides.reduce<Section>((before, override) => {
    const [dotted] = splitOverride(override);
    const place = placedPath(before, dotted, ownName).split(".");
    if (place.length > DEEPEST) throw pathTooDeep(override.by, place.length, DEEPEST);
    const value = withAbsoluteValue(place, overridingValue(override), folder);
    const section = place.slice(0, -1);
    const own = set
      .filter((earlier) => isWithin(earlier, section))
      .map((earlier) => earlier[section.length]!);
    set.push(place);
    return withValue(before, place, value, own) as Section;
  }, content);
}

const isWithin = (path: readonly string[], section: readonly string[]): boolean =>
  path.length > section.length && section.every((key, i) => path[i] === key);

/** @param own options in the section of the value that another `use` leaves as they are. */
function withValue(
  content: unknown,
  place: readonly string[],
  value: unknown,
  own: readonly string[],
): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  if (Array.isArray(content)) {
    const copy: unknown[] = [...(content as unknown[])];
    if (Number(key) > copy.length) throw placeBeyondList(key, copy.length);
    copy[Number(key)] = withValue(copy[Number(key)], rest, value, own);
    return copy;
  }
  const section = isSection(content) ? content : {};
  if (key === "use" && rest.length === 0 && useOf(section) !== undefined && useOf(section) !== value) {
    const kept = own.filter((option) => option !== "use").map((option) => [option, section[option]]);
    return { use: value, ...Object.fromEntries(kept) };
  }
  return { ...section, [key]: withValue(section[key], rest, value, own) };
}

/**
 * The same path with the places of list items instead of their names: "plugins.1.beta" for
 * "plugins.clsa.beta".
 */
export function placedPath(content: Section, dotted: string, ownName: OwnName = () => undefined): string {
  let place: unknown = content;
  const keys = partsOf(dotted).map((part) => {
    const key = Array.isArray(place) ? itemKey(place, part, dotted, ownName) : part;
    place = typeof place === "object" && place !== null ? (place as Record<string, unknown>)[key] : undefined;
    return key;
  });
  return keys.join(".");
}

/** The values of `use` that a config with overrides may name. */
export const usesIn = (content: Section, overrides: readonly Override[]): readonly string[] => [
  ...usesOf(content["plugins"]),
  ...overrides.flatMap((override) => {
    const [dotted] = splitOverride(override);
    const value = overridingValue(override);
    return partsOf(dotted).at(-1) === "use" && typeof value === "string" ? [value] : usesOf(value);
  }),
];

const usesOf = (value: unknown): readonly string[] =>
  [value].flat().flatMap((item) => (isSection(item) && typeof item["use"] === "string" ? [item["use"]] : []));

/** Whether an override names a plugin that is none of those that a config lists by name. */
export const namesAnother = (content: Section, overrides: readonly Override[]): boolean =>
  overrides.some((override) => {
    const [section, name, ...rest] = partsOf(overriddenPath(override));
    const isNamed = section === "plugins" && name !== undefined && rest.length > 0 && !/^\d+$/.test(name);
    return isNamed && !usesOf(content["plugins"]).includes(name);
  });

/** "plugins[1].beta" and "plugins.1.beta" are the same path. */
const partsOf = (dotted: string): readonly string[] => dotted.replaceAll(/\[(\d+)\]/g, ".$1").split(".");

/** The place in a list of the item that a path names by its place, its `use` or its own name. */
function itemKey(list: readonly unknown[], part: string, dotted: string, ownName: OwnName): string {
  if (/^\d+$/.test(part)) return part;
  const names = list.map((item) => ownName(item) ?? useOf(item));
  const uses = list.map(useOf);
  const at = [names.indexOf(part), uses.indexOf(part)].find((found) => found >= 0);
  if (at === undefined) {
    throw itemMissing(
      dotted,
      part,
      names.filter((name) => name !== undefined),
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
