import path from "node:path";

import { probeLearningRates, requireFraction, undecodable, writeWhole } from "@tssl/core/internal";
import {
  countKinds,
  decodingOf,
  evaluateLinear,
  kindsOf,
  linearData,
  type LinearOptions,
  type LinearResult,
} from "@tssl/core/run";
import { type Command, Option } from "commander";

import { corruptText } from "../corrupt-text.ts";
import { finish } from "../exit-code.ts";
import { type LinearEvaluation, linearText } from "../linear-text.ts";
import { type EncoderFlags, openEncoder, withEncoderOptions } from "../open-encoder.ts";
import { count, fractions, positives, seed } from "../option-values.ts";

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
      "learning rates; of several, the one that is best on a held-out tenth of the training images " +
        "(default: 0.01 to 30)",
      positives,
    )
    .addOption(
      new Option(
        "--schedule <name>",
        "of the learning rate: steps to a tenth at 60 % and at 80 % of the run (MoCo), or cosine (CLSA)",
      )
        .choices(["steps", "cosine"])
        .default("steps"),
    )
    .option("--epochs <count>", "passes over the training images", count, 100)
    .option("--batch-size <count>", "images per step", count, 256)
    .option(
      "--fraction <shares>",
      "shares of the labels to train on, equal for every class; one result for each share",
      fractions,
      [1],
    )
    .option("--augment", "compute new features in each epoch, from random crops and flips", false)
    .option("--out <file>", "file for the result (default: linear.json in the run folder)")
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

/**
 * `tssl evaluate linear <run>`: prints the result and writes it to a file, by default linear.json in the run
 * folder.
 */
async function evaluateLinearCommand(runFolder: string, flags: EvaluateLinearFlags): Promise<number> {
  const evaluation = await linearEvaluation(runFolder, flags);
  await writeWhole(
    flags.out ?? path.join(runFolder, "linear.json"),
    `${JSON.stringify(evaluation, undefined, 2)}\n`,
  );
  process.stdout.write(flags.json ? `${JSON.stringify(evaluation)}\n` : linearText(evaluation));
  return 0;
}

async function linearEvaluation(runFolder: string, flags: EvaluateLinearFlags): Promise<LinearEvaluation> {
  const { schedule, epochs, batchSize, augment } = flags;
  const { encoder, data, mode } = await openEncoder(runFolder, flags);
  const { settings } = encoder;
  // Checked first, because computing the features may take long.
  for (const share of flags.fraction) requireFraction(share, data.train.labels!, data.train.classes.length);
  const seed = flags.seed ?? settings.seed;
  const learningRates = flags.lr ?? probeLearningRates;
  const probeData = await linearData(encoder.rawFeatures, data, {
    augment,
    cacheMegabytes: settings.data.cacheMegabytes,
    ...decodingOf(settings.data),
  });
  const corrupt = kindsOf(undecodable(data));
  process.stderr.write(corruptText(Object.keys(corrupt), "left out", countKinds(corrupt)));
  const results: LinearResult[] = [];
  for (const fraction of flags.fraction) {
    const options = { learningRates, schedule, epochs, batchSize, seed, mode, fraction };
    results.push(await evaluateLinear(probeData, options));
  }
  await encoder.dispose();
  return {
    checkpoint: encoder.checkpoint,
    schedule,
    epochs,
    batchSize,
    augment,
    seed,
    train: data.train.root,
    test: data.test.root,
    classes: data.test.classes,
    results,
  };
}
