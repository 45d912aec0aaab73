import path from "node:path";

import { withoutSecretsIn, writeWhole } from "@tssl/core/internal";
import { compareVariants, renderComparison, verdictOf } from "@tssl/report";
import type { Command } from "commander";

import { commandText } from "../command-text.ts";
import { forgetEmptyComparison, openComparison, planComparison } from "../comparison-plan.ts";
import { comparisonText } from "../comparison-text.ts";
import { finish } from "../exit-code.ts";
import { collect, countTo } from "../option-values.ts";
import { requireOutputFolder } from "../output-places.ts";
import { readComparedVariants } from "../read-compared-variants.ts";
import { runVariants } from "../run-variants.ts";
import type { Override } from "../overrides.ts";
import { setOption } from "../set-option.ts";
import { EXIT_ON } from "../stop-signals.ts";
import { printNotice, printResult } from "../terminal.ts";
import { timeStamp } from "../time-stamp.ts";
import { type TrustFlag, trustOption } from "../trust.ts";
import { baselineOf, variantsOf } from "../variants.ts";

interface CompareFlags extends TrustFlag {
  readonly vary: readonly string[];
  readonly seeds: number;
  readonly set: readonly Override[];
  readonly linear: boolean;
  readonly baseline?: string;
  readonly out?: string;
  readonly allowChange: readonly string[];
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
    .option(
      "--allow-change <path>",
      "of runs that go on: path of an intended change, such as images.train, versions or code; may be repeated",
      collect,
      [],
    )
    .option("--json", "one line of JSON with everything", false)
    .addOption(trustOption())
    .addHelpText(
      "after",
      `
Examples:
  tssl compare moco.yaml moco-with-clsa.yaml --seeds 5 --linear
  tssl compare config.yaml --vary plugins.clsa.beta=0,0.5,1,2 --baseline 1
  tssl compare config.yaml --vary encoder.use=resnet18,resnet20 --vary optimizer.lr=0.03,0.06
Continue one that was stopped, with a newer version of tssl:
  tssl compare a.yaml b.yaml --out runs/compare-1 --allow-change versions`,
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
  const command = repeating(configs, flags, folder);

  const { reasons, stopped, refused } = await runVariants(folder, variants, seeds, flags);
  if (refused !== undefined) {
    const isEmpty = await forgetEmptyComparison(folder);
    printNotice(`${refusedText(refused.run, folder, isEmpty)}\n`);
    return refused.code;
  }
  const compared = await readComparedVariants(folder, variants, plan, seeds, reasons);
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
      configs: plan.variants.map(({ config }) => withoutSecretsIn(config.resolved)),
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

/** The command that continues this comparison, or repeats it. */
function repeating(configs: readonly string[], flags: CompareFlags, folder: string): string {
  const { vary, seeds, linear, baseline, trust, allowChange } = flags;
  const set = flags.set.map(({ text }) => text);
  const training = { vary, set, seeds, baseline, linear, trust, "allow-change": allowChange };
  return commandText(["compare", ...configs], { ...training, out: folder });
}
