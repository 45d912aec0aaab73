import {
  type LinearSettings,
  probeDefaults,
  requireFinite,
  requireFraction,
  undecodable,
  writeOutput,
} from "@tssl/core/internal";
import {
  countKinds,
  decodingOf,
  type EvaluatedEncoder,
  evaluateLinear,
  kindsOf,
  linearData,
  type LinearOptions,
  type LinearResult,
  type RunSettings,
} from "@tssl/core/run";
import { type Command, Option } from "commander";

import { corruptText } from "../corrupt-text.ts";
import { finish } from "../exit-code.ts";
import { type LinearEvaluation, linearText } from "../linear-text.ts";
import { evaluatedFacts, keepResult, measureEncoder } from "../measure-encoder.ts";
import { type EncoderFlags, type OpenEncoder, openEncoder, withEncoderOptions } from "../open-encoder.ts";
import { requireOutputFile } from "../output-places.ts";
import { countTo, fractions, positives, seed } from "../option-values.ts";
import { printNotice, printResult } from "../terminal.ts";

interface EvaluateLinearFlags extends EncoderFlags {
  readonly lr?: readonly number[];
  readonly schedule: LinearOptions["schedule"];
  readonly epochs: number;
  readonly batchSize: number;
  readonly fraction: readonly number[];
  readonly augment: boolean;
  readonly seed?: number;
  readonly out?: string;
}

export function addEvaluateLinear(evaluate: Command): void {
  withEncoderOptions(
    evaluate.command("linear").description("train a linear classifier on the frozen encoder's features"),
  )
    .option(
      "--lr <rates>",
      "learning rates; of several, one is chosen by a held-out tenth of the training images " +
        "(default: 0.01 to 30)",
      positives,
    )
    .addOption(
      new Option(
        "--schedule <name>",
        "of the learning rate: steps to a tenth at 60 % and at 80 % of the run (MoCo), or cosine (CLSA)",
      )
        .choices(["steps", "cosine"])
        .default(probeDefaults.schedule),
    )
    .option("--epochs <count>", "passes over the training images", countTo(1_000_000), probeDefaults.epochs)
    .option("--batch-size <count>", "images per step", countTo(2 ** 20), probeDefaults.batchSize)
    .option(
      "--fraction <shares>",
      "shares of the labels to train on, equal for every class; one result for each share",
      fractions,
      [1],
    )
    .option(
      "--augment",
      "compute new features in each epoch, from random crops and flips",
      probeDefaults.augment,
    )
    .option("--out <file>", "also write the JSON to this file")
    .option(
      "--seed <number>",
      "seed of initial weights, order, fractions and crops (default: the run's)",
      seed,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  tssl evaluate linear runs/demo --lr 30\n  tssl evaluate linear runs/demo " +
        "--fraction 0.01,0.1,1",
    )
    .action(async (run: string, flags: EvaluateLinearFlags) =>
      finish(await evaluateLinearCommand(run, flags)),
    );
}

/** `tssl evaluate linear <run>`: prints the result, and keeps it in the run folder. */
async function evaluateLinearCommand(runFolder: string, flags: EvaluateLinearFlags): Promise<number> {
  if (flags.out !== undefined) requireOutputFile("--out", flags.out);
  const opened = await openEncoder(runFolder, flags);
  const settings = settingsOf(flags, opened.encoder.settings);
  const { results, untrained } = await trainProbes(opened, flags, settings);
  const { checkpoint } = opened.encoder;
  const facts = evaluatedFacts(opened);
  const { train, test, classes } = facts.data;
  const baseline = untrained === undefined ? {} : { untrained };
  const evaluation: LinearEvaluation = {
    checkpoint,
    ...(opened.encoder.chosenBy === undefined ? {} : { chosenBy: opened.encoder.chosenBy }),
    ...settings,
    train,
    test,
    classes,
    results,
    ...baseline,
  };
  printResult(flags.json ? `${JSON.stringify(evaluation)}\n` : linearText(evaluation));
  if (flags.out !== undefined) await writeOutput(flags.out, `${JSON.stringify(evaluation, undefined, 2)}\n`);
  await keepResult(runFolder, { kind: "linear", ...facts, settings, results, ...baseline });
  return 0;
}

const settingsOf = (
  { schedule, epochs, batchSize, augment, seed, lr }: EvaluateLinearFlags,
  run: Pick<RunSettings, "seed">,
): LinearSettings => ({
  schedule,
  epochs,
  batchSize,
  augment,
  seed: seed ?? run.seed,
  learningRates: lr ?? probeDefaults.learningRates,
});

async function trainProbes(
  opened: OpenEncoder,
  flags: EvaluateLinearFlags,
  { augment, ...settings }: LinearSettings,
): Promise<Pick<LinearEvaluation, "results" | "untrained">> {
  const { data, mode, encoder } = opened;
  const decoding = decodingOf(encoder.settings.data);
  const { cacheMegabytes } = encoder.settings.data;
  // Checked first, because computing the features may take long.
  for (const share of flags.fraction) requireFraction(share, data.train.labels!, data.train.classes.length);
  const measure = async ({ rawFeatures }: EvaluatedEncoder): Promise<readonly LinearResult[]> => {
    const probeData = await linearData(rawFeatures, data, { augment, cacheMegabytes, ...decoding });
    requireFinite("labelled", probeData.train);
    requireFinite("test", probeData.test);
    const results: LinearResult[] = [];
    for (const fraction of flags.fraction) {
      results.push(await evaluateLinear(probeData, { ...settings, mode, fraction }));
    }
    return results;
  };
  const { trained, untrained } = await measureEncoder(opened, flags.baseline, measure);
  const corrupt = kindsOf(undecodable(data));
  printNotice(corruptText(Object.keys(corrupt), "left out", countKinds(corrupt)));
  return { results: trained, ...(untrained === undefined ? {} : { untrained }) };
}
