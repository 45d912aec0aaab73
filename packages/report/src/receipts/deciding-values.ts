import { createHash } from "node:crypto";

import { isSection } from "@tssl/core/internal";

/**
 * Sections and options that decide no number but for rounding: names, where images lie, when to look at a
 * run, what it keeps.
 */
const DECIDES_NOTHING = [
  "name",
  "seed",
  "data.train",
  "data.test",
  "data.workers",
  "data.cacheMegabytes",
  "data.maxCorruptShare",
  "evaluation.train",
  "evaluation.test",
  "evaluation.everyEpochs",
  "evaluation.batchSize",
  "health",
  "checkpoint",
  "logging",
  "engine.device",
  "engine.threads",
  "engine.gpuMemoryGrowth",
  "engine.backend",
  "engine.mode",
  "engine.replicas",
];

/**
 * The values of a resolved config that its numbers depend on, by path: runs with the same differ by their
 * seeds and images alone, but for rounding. Plugins are named by `use`: "plugins.moco.dim".
 */
export function decidingValues(
  resolved: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const all = Object.entries(resolved).flatMap(([name, value]) => leaves(name, value));
  return Object.fromEntries(
    all.filter(([path]) => !DECIDES_NOTHING.some((each) => path === each || path.startsWith(`${each}.`))),
  );
}

function leaves(path: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (isSection(value))
    return Object.entries(value).flatMap(([name, item]) => leaves(`${path}.${name}`, item));
  if (path === "plugins" && Array.isArray(value)) {
    const plugins = value.filter(isSection);
    // A run folder that was changed may have anything there.
    const uses = plugins.map(({ use }) => (typeof use === "string" ? use : JSON.stringify(use)));
    // Sums over terms are in the order of the config.
    return [["plugins", uses], ...plugins.flatMap((plugin, i) => leaves(`plugins.${uses[i]!}`, plugin))];
  }
  return [[path, value]];
}

/** SHA-256 of values by path, whatever their order. */
export function valuesHash(values: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}

/**
 * Whether values decide the same numbers as those of a receipt. An option that has come since is let through
 * where it is at its default, which leaves earlier runs as they were.
 *
 * @param isDefault whether nobody set the option of a path.
 */
export const decideTheSame = (
  values: Readonly<Record<string, unknown>>,
  measured: Readonly<Record<string, unknown>>,
  isDefault: (path: string) => boolean,
): boolean =>
  Object.entries(measured).every(([path, value]) => JSON.stringify(values[path]) === JSON.stringify(value)) &&
  Object.keys(values).every((path) => path in measured || isDefault(path));
