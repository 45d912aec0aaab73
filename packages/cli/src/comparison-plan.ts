import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { TsslError } from "@tssl/core/run";
import { writeWhole } from "@tssl/core/internal";

import { readRunConfig } from "./read-run-config.ts";
import type { Variant } from "./variants.ts";

/** What a comparison runs; plan.json in its folder. */
export interface ComparisonPlan {
  readonly variants: readonly PlannedVariant[];
}

export interface PlannedVariant extends Variant {
  /** Its whole config, as plain data. */
  readonly resolved: unknown;
}

/**
 * Reads and checks every variant's config.
 *
 * @throws {TsslError} INVALID_CONFIG with the problems of all of them.
 */
export async function planComparison(variants: readonly Variant[]): Promise<ComparisonPlan> {
  const problems: string[] = [];
  const planned: PlannedVariant[] = [];
  for (const variant of variants) {
    try {
      const { resolved } = await readRunConfig(variant.config, variant.overrides);
      planned.push({ ...variant, config: path.resolve(variant.config), resolved });
    } catch (error) {
      if (!(error instanceof TsslError)) throw error;
      problems.push(`${variant.name}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new TsslError("INVALID_CONFIG", problems.join("\n"));
  return { variants: planned };
}

/**
 * Opens a comparison's folder: a new or empty one, or one that holds the same plan, to go on with.
 *
 * @throws {TsslError} RUN_FOLDER if it holds something else, or other configs; the first difference is named.
 */
export async function openComparison(folder: string, plan: ComparisonPlan): Promise<void> {
  const file = path.join(folder, "plan.json");
  const text = `${JSON.stringify(plan, undefined, 2)}\n`;
  const saved = await readFile(file, "utf8").catch(() => undefined);
  if (saved !== undefined) {
    const difference = firstDifference(JSON.parse(saved), JSON.parse(text), "");
    if (difference === undefined) return;
    throw new TsslError(
      "RUN_FOLDER",
      `${folder} holds another comparison: ${difference}. Choose another folder with --out.`,
    );
  }
  const inside = await readdir(folder).catch(() => []);
  if (inside.length > 0) {
    throw new TsslError(
      "RUN_FOLDER",
      `${folder} must be a new or empty folder, or hold a comparison. Choose another with --out.`,
    );
  }
  await mkdir(folder, { recursive: true });
  await writeWhole(file, text);
}

/** "variants[1].resolved.epochs was 2, now 3"; undefined where nothing differs. */
function firstDifference(before: unknown, now: unknown, at: string): string | undefined {
  if (isObject(before) && isObject(now)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const place = Array.isArray(now) ? `${at}[${key}]` : `${at}${at === "" ? "" : "."}${key}`;
      const difference = firstDifference(before[key], now[key], place);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (before === now) return undefined;
  return `${at} was ${JSON.stringify(before) ?? "absent"}, now ${JSON.stringify(now) ?? "absent"}`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
