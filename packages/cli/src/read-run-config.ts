import path from "node:path";

import { parseConfig, readConfigFile, type RunConfig } from "@tssl/core";
import { parse } from "yaml";

import { usageError } from "./errors.ts";
import { withModules } from "./registry.ts";

/**
 * Reads and checks a config file. Paths in it count from the file's own folder.
 *
 * @param overrides "optimizer.lr=0.1": set after reading, before checking; values as in YAML.
 */
export async function readRunConfig(file: string, overrides: readonly string[] = []): Promise<RunConfig> {
  const content = (await readConfigFile(file)) as Record<string, unknown>;
  const folder = path.dirname(path.resolve(file));
  return resolveConfig(applyOverrides(content, overrides), folder, file);
}

/** Checks a config that is at hand. */
export async function resolveConfig(content: unknown, folder: string, source: string): Promise<RunConfig> {
  if (typeof content !== "object" || content === null)
    return parseConfig(content, { plugins: {}, encoders: {}, optimizers: {} }, source);
  const { raw, registry } = await withModules(
    absoluteData(content as Record<string, unknown>, folder),
    folder,
  );
  return parseConfig(raw, registry, source);
}

function absoluteData(content: Record<string, unknown>, folder: string): Record<string, unknown> {
  const { data } = content;
  if (typeof data !== "object" || data === null) return content;
  const { train, test } = data as Record<string, unknown>;
  const absolute = (value: unknown) => (typeof value === "string" ? path.resolve(folder, value) : value);
  return {
    ...content,
    data: {
      ...data,
      ...(train === undefined ? {} : { train: absolute(train) }),
      ...(test === undefined ? {} : { test: absolute(test) }),
    },
  };
}

/** Sets "a.b.0.c=value" in a copy; makes the sections that are missing on the way. */
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
      if (typeof place[part] !== "object" || place[part] === null) place[part] = {};
      place = place[part] as Record<string, unknown>;
    }
    place[last] = parse(value) as unknown;
  }
  return copy;
}
