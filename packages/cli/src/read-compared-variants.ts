import { withoutSecretsIn } from "@tssl/core/internal";
import { type ComparedRun, type ComparedVariant, readComparedRun } from "@tssl/report";

import type { ComparisonPlan } from "./comparison-plan.ts";
import { runFolderOf } from "./run-variants.ts";
import type { Variant } from "./variants.ts";

/**
 * Reads the runs of a comparison from their folders.
 *
 * @param reasons how a failed command ended, by the folder of its run; a run may know more itself.
 */
export async function readComparedVariants(
  folder: string,
  variants: readonly Variant[],
  plan: ComparisonPlan,
  seeds: readonly number[],
  reasons: ReadonlyMap<string, string>,
): Promise<readonly ComparedVariant[]> {
  const compared: ComparedVariant[] = [];
  for (const [i, variant] of variants.entries()) {
    const runs: ComparedRun[] = [];
    for (const seed of seeds) {
      const runFolder = runFolderOf(variant, seed);
      const run = await readComparedRun(folder, runFolder, seed);
      const reason = run.reason ?? reasons.get(runFolder);
      const status = run.status === "not run" && reason !== undefined ? "failed" : run.status;
      runs.push({ ...run, status, ...(reason === undefined ? {} : { reason }) });
    }
    const { name, varied } = variant;
    const objective = objectiveOf(plan.variants[i]!.config.resolved);
    compared.push({ name, runs, objective, ...(varied === undefined ? {} : { varied }) });
  }
  return compared;
}

/**
 * What of a config decides which quantity its loss is: the plugins, and how many images one step compares.
 */
function objectiveOf(resolved: unknown): unknown {
  const { plugins, batchSize, accumulate } = withoutSecretsIn(resolved) as Record<string, unknown>;
  return { plugins, batchSize, accumulate };
}
