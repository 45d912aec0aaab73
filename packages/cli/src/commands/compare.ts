import path from "node:path";

import { writeWhole } from "@tssl/core/internal";
import {
  type ComparedRun,
  type ComparedVariant,
  compareVariants,
  type Comparison,
  readComparedRun,
  renderComparison,
} from "@tssl/report";
import type { Command } from "commander";

import { openComparison, planComparison } from "../comparison-plan.ts";
import { comparisonText } from "../comparison-text.ts";
import { finish } from "../exit-code.ts";
import { collect, count } from "../option-values.ts";
import { runFolderOf, runVariants } from "../run-variants.ts";
import { setOption } from "../set-option.ts";
import { EXIT_ON } from "../stop-signals.ts";
import { timeStamp } from "../time-stamp.ts";
import { type Variant, variantsOf } from "../variants.ts";

interface CompareFlags {
  readonly vary: readonly string[];
  readonly seeds: number;
  readonly set: readonly string[];
  readonly linear: boolean;
  readonly out?: string;
  readonly json: boolean;
}

export function addCompare(program: Command): void {
  program
    .command("compare")
    .description("train variants with the same seeds, and say how they differ and what they cost")
    .argument(
      "<configs...>",
      "two or more config files, or one with --vary; the first variant is what the others are compared with",
    )
    .option(
      "--vary <path=value,…>",
      "one variant for each value; of several --vary every combination",
      collect,
      [],
    )
    .option("--seeds <count>", "runs of each variant, seeds 0, 1, …", count, 5)
    .addOption(setOption("change one value in all of them; may be repeated"))
    .option("--linear", "evaluate every run by a linear probe as well", false)
    .option(
      "--out <folder>",
      "folder of the comparison; one that was stopped goes on (default: runs/compare-<time>)",
    )
    .option("--json", "one line of JSON with everything", false)
    .addHelpText(
      "after",
      `
Examples:
  tssl compare moco.yaml moco-with-clsa.yaml --seeds 5 --linear
  tssl compare config.yaml --vary plugins.clsa.beta=0,0.5,1,2
  tssl compare config.yaml --vary encoder.use=resnet18,resnet20 --vary optimizer.lr=0.03,0.06`,
    )
    .action(async (configs: string[], flags: CompareFlags) => finish(await compareCommand(configs, flags)));
}

/** `tssl compare <configs…>` */
async function compareCommand(configs: readonly string[], flags: CompareFlags): Promise<number> {
  const variants = variantsOf(configs, flags.vary, flags.set);
  const plan = await planComparison(variants);
  const folder = flags.out ?? path.join("runs", `compare-${timeStamp()}`);
  await openComparison(folder, plan);
  const seeds = Array.from({ length: flags.seeds }, (_, seed) => seed);
  const command = commandLine(configs, flags, folder);

  const { reasons, stopped } = await runVariants(folder, variants, seeds, { linear: flags.linear });
  const comparison = await gather(folder, variants, seeds, reasons);
  await writeWhole(
    path.join(folder, "comparison.json"),
    `${JSON.stringify({ command, ...comparison }, undefined, 2)}\n`,
  );
  await writeWhole(
    path.join(folder, "comparison.html"),
    renderComparison({ comparison, configs: plan.variants.map(({ resolved }) => resolved), command }),
  );

  if (flags.json) process.stdout.write(`${JSON.stringify({ command, ...comparison })}\n`);
  else
    process.stdout.write(`${comparisonText(comparison)}\n\nPage: ${path.join(folder, "comparison.html")}\n`);
  if (stopped !== undefined) {
    process.stderr.write(`Stopped. Finished runs are kept; go on with:\n  ${command}\n`);
    return EXIT_ON[stopped];
  }
  const runs = comparison.variants.flatMap((variant) => variant.runs);
  return runs.every(({ status, reason }) => status === "finished" && reason === undefined) ? 0 : 1;
}

/** Reads every run's folder and compares. */
async function gather(
  folder: string,
  variants: readonly Variant[],
  seeds: readonly number[],
  reasons: ReadonlyMap<string, string>,
): Promise<Comparison> {
  const compared: ComparedVariant[] = [];
  for (const variant of variants) {
    const runs: ComparedRun[] = [];
    for (const seed of seeds) {
      const runFolder = runFolderOf(variant, seed);
      const run = await readComparedRun(folder, runFolder, seed);
      const reason = run.reason ?? reasons.get(runFolder);
      const status = run.status === "not run" && reason !== undefined ? "failed" : run.status;
      runs.push({ ...run, status, ...(reason === undefined ? {} : { reason }) });
    }
    compared.push({ name: variant.name, runs });
  }
  return compareVariants(seeds, compared);
}

/** The command that goes on with this comparison, or repeats it. */
function commandLine(configs: readonly string[], flags: CompareFlags, folder: string): string {
  const { vary, set, seeds, linear } = flags;
  return [
    "tssl compare",
    ...configs.map(quoted),
    ...vary.flatMap((value) => ["--vary", quoted(value)]),
    ...set.flatMap((value) => ["--set", quoted(value)]),
    `--seeds ${seeds}`,
    ...(linear ? ["--linear"] : []),
    `--out ${quoted(folder)}`,
  ].join(" ");
}

/** As a shell needs it. */
const quoted = (word: string): string =>
  /^[\w./=,:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
