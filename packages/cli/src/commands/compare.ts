import path from "node:path";

import { withoutSecrets } from "@tssl/augment-zoo";
import { inShell, withoutSecretsIn, writeWhole } from "@tssl/core/internal";
import {
  type ComparedRun,
  type ComparedVariant,
  compareVariants,
  readComparedRun,
  renderComparison,
  verdictOf,
} from "@tssl/report";
import type { Command } from "commander";

import {
  type ComparisonPlan,
  forgetEmptyComparison,
  openComparison,
  planComparison,
} from "../comparison-plan.ts";
import { comparisonText } from "../comparison-text.ts";
import { finish } from "../exit-code.ts";
import { collect, countTo } from "../option-values.ts";
import { requireOutputFolder } from "../output-places.ts";
import { runFolderOf, runVariants } from "../run-variants.ts";
import type { Override } from "../overrides.ts";
import { setOption } from "../set-option.ts";
import { EXIT_ON } from "../stop-signals.ts";
import { printNotice, printResult } from "../terminal.ts";
import { timeStamp } from "../time-stamp.ts";
import { type TrustFlag, trustOption } from "../trust.ts";
import { baselineOf, type Variant, variantsOf } from "../variants.ts";

interface CompareFlags extends TrustFlag {
  readonly vary: readonly string[];
  readonly seeds: number;
  readonly set: readonly Override[];
  readonly linear: boolean;
  readonly baseline?: string;
  readonly out?: string;
  readonly json: boolean;
}

export function addCompare(program: Command): void {
  program
    .command("compare")
    .description("train variants with the same seeds, and compare their results and costs")
    .argument("<configs...>", "two or more config files, or one with --vary")
    .option(
      "--vary <path=value,…>",
      "one variant for each value; several --vary give every combination",
      collect,
      [],
    )
    .option("--seeds <count>", "number of runs of each variant, with seeds 0, 1, …", countTo(1000), 5)
    .addOption(setOption("change one value in all variants; may be repeated"))
    .option(
      "--baseline <variant>",
      "the variant that the others are compared with, in a sweep of one option its value (default: the " +
        "first)",
    )
    .option("--linear", "also evaluate every run with a linear probe", false)
    .option(
      "--out <folder>",
      "folder of the comparison; one that was stopped continues (default: runs/compare-<time>)",
    )
    .option("--json", "one line of JSON with everything", false)
    .addOption(trustOption())
    .addHelpText(
      "after",
      `
Examples:
  tssl compare moco.yaml moco-with-clsa.yaml --seeds 5 --linear
  tssl compare config.yaml --vary plugins.clsa.beta=0,0.5,1,2 --baseline 1
  tssl compare config.yaml --vary encoder.use=resnet18,resnet20 --vary optimizer.lr=0.03,0.06`,
    )
    .action(async (configs: string[], flags: CompareFlags) => finish(await compareCommand(configs, flags)));
}

/** `tssl compare <configs…>` */
async function compareCommand(configs: readonly string[], flags: CompareFlags): Promise<number> {
  const variants = variantsOf(
    configs,
    flags.vary,
    flags.set.map(({ text }) => text),
  );
  const baseline = baselineOf(variants, flags.baseline).name;
  const plan = await planComparison(variants, flags);
  const folder = flags.out ?? path.join("runs", `compare-${timeStamp()}`);
  requireOutputFolder("--out", folder);
  await openComparison(folder, plan);
  const seeds = Array.from({ length: flags.seeds }, (_, seed) => seed);
  const command = commandLine(configs, flags, folder);

  const { reasons, stopped, refused } = await runVariants(folder, variants, seeds, flags);
  if (refused !== undefined) {
    const isEmpty = await forgetEmptyComparison(folder);
    printNotice(`${refusedText(refused.run, folder, isEmpty)}\n`);
    return refused.code;
  }
  const compared = await gather(folder, variants, plan, seeds, reasons);
  const comparison = compareVariants(seeds, compared, baseline);
  const verdict = verdictOf(comparison);
  await writeWhole(
    path.join(folder, "comparison.json"),
    `${JSON.stringify({ command, verdict, ...comparison }, undefined, 2)}\n`,
  );
  await writeWhole(
    path.join(folder, "comparison.html"),
    renderComparison({
      comparison,
      configs: plan.variants.map(({ resolved }) => withoutSecretsIn(resolved)),
      command,
    }),
  );

  const page = path.join(folder, "comparison.html");
  printResult(
    flags.json
      ? `${JSON.stringify({ command, verdict, ...comparison })}\n`
      : `${comparisonText(comparison)}\n\nPage: ${page}\n`,
  );
  if (stopped !== undefined) {
    printNotice(`Stopped. Finished runs are kept. To continue:\n  ${command}\n`);
    return EXIT_ON[stopped];
  }
  const runs = comparison.variants.flatMap((variant) => variant.runs);
  return runs.every(({ status, reason }) => status === "finished" && reason === undefined) ? 0 : 1;
}

const refusedText = (run: string, folder: string, isEmpty: boolean): string =>
  `The run of ${run} could not begin, which ends the comparison. ` +
  (isEmpty ? "Nothing was written." : `Runs that were trained before are kept in ${folder}.`);

/** Reads the folder of every run. */
async function gather(
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
    const objective = objectiveOf(plan.variants[i]!.resolved);
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

/** The command that continues this comparison, or repeats it. */
function commandLine(configs: readonly string[], flags: CompareFlags, folder: string): string {
  const { vary, set, seeds, linear, baseline, trust } = flags;
  const command = [
    "tssl compare",
    ...configs.map(inShell),
    ...vary.flatMap((value) => ["--vary", inShell(value)]),
    ...set.flatMap(({ text }) => ["--set", inShell(text)]),
    `--seeds ${seeds}`,
    ...(baseline === undefined ? [] : ["--baseline", inShell(baseline)]),
    ...(linear ? ["--linear"] : []),
    ...(trust ? ["--trust"] : []),
    `--out ${inShell(folder)}`,
  ].join(" ");
  return withoutSecrets(command);
}
