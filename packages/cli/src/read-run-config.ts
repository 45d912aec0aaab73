import path from "node:path";

import { parseConfig, type RunConfig } from "@tssl/core";
import { parse } from "yaml";

import { isSection, withAbsolutePaths } from "./config-section.ts";
import { usageError } from "./errors.ts";
import { readExtendedConfig } from "./extended-config.ts";
import { withModules } from "./registry.ts";

/**
 * Reads and checks a config file, with what it extends. Paths in it count from the file's own folder.
 *
 * @param overrides "optimizer.lr=0.1": set after reading, before checking; values as in YAML.
 */
export async function readRunConfig(file: string, overrides: readonly string[] = []): Promise<RunConfig> {
  const content = (await readExtendedConfig(file)) as Record<string, unknown>;
  const folder = path.dirname(path.resolve(file));
  return resolveConfig(applyOverrides(content, overrides), folder, file);
}

/** Checks a config that is at hand. */
export async function resolveConfig(content: unknown, folder: string, source: string): Promise<RunConfig> {
  if (!isSection(content)) return parseConfig(content, { plugins: {}, encoders: {}, optimizers: {} }, source);
  const { raw, registry } = await withModules(withAbsolutePaths(content, folder), folder);
  return parseConfig(raw, registry, source);
}

/**
 * Sets "a.b.0.c=value" in a copy; makes the sections that are missing on the way. In a list a name stands for the item with that `use`:
 * "plugins.clsa.beta".
 */
export function applyOverrides(
  content: Record<string, unknown>,
  overrides: readonly string[],
): Record<string, unknown> {
  const copy = structuredClone(content);
  for (const override of overrides) {
    const [, dotted, value] = /^([^=]+)=(.*)$/s.exec(override) ?? [];
    if (dotted === undefined || value === undefined) {
      throw usageError(`--set must be path=value, as in optimizer.lr=0.1, got ${JSON.stringify(override)}.`);
    }
    const parts = dotted.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
    const last = parts.pop()!;
    let place = copy;
    for (const part of parts) {
      const key = Array.isArray(place) ? itemKey(place, part, dotted) : part;
      if (typeof place[key] !== "object" || place[key] === null) place[key] = {};
      place = place[key] as Record<string, unknown>;
    }
    place[last] = parse(value) as unknown;
  }
  return copy;
}

/** A path as `applyOverrides` takes it, with names in lists by their place: "plugins.1.beta" for "plugins.clsa.beta". */
export function placedPath(content: Readonly<Record<string, unknown>>, dotted: string): string {
  let place: unknown = content;
  const keys = dotted
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".")
    .map((part) => {
      const key = Array.isArray(place) ? itemKey(place, part, dotted) : part;
      place =
        typeof place === "object" && place !== null ? (place as Record<string, unknown>)[key] : undefined;
      return key;
    });
  return keys.join(".");
}

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
function useOf(item: unknown): string | undefined {
  if (typeof item !== "object" || item === null || !("use" in item)) return undefined;
  const { use } = item;
  if (typeof use === "string") return use;
  return typeof use === "object" && use !== null && "name" in use ? String(use.name) : undefined;
}
