import {
  encoderFactsOf,
  type FineTuneSettings,
  fineTuneDefaults,
  fineTuneRates,
  knnDataOf,
  makeEncoder,
  type MadeEncoder,
  requireFraction,
  restoreEncoder,
  trainableEncoder,
  undecodable,
} from "@tssl/core/internal";
import { countKinds, fineTune, type FineTuneResult, kindsOf, readImages } from "@tssl/core/run";
import type { Command } from "commander";

import { corruptText } from "../corrupt-text.ts";
import { finish } from "../exit-code.ts";
import { type FineTuneEvaluation, fineTuneText } from "../fine-tune-text.ts";
import { evaluatedFacts, keepResult, measureBaseline } from "../measure-encoder.ts";
import * as messages from "../messages.ts";
import {
  chooseSources,
  type EncoderFlags,
  evaluationOf,
  tellOverlap,
  withEncoderOptions,
} from "../open-encoder.ts";
import { openRunEncoder } from "../open-run-encoder.ts";
import { countTo, fractions, positive, seed } from "../option-values.ts";
import { startEngineFor } from "../start-engine-for.ts";
import { printNotice, printResult, tell } from "../terminal.ts";

interface EvaluateFineTuneFlags extends EncoderFlags {
  readonly fraction?: readonly number[];
  readonly lrTrunk?: number;
  readonly lrHead?: number;
  readonly lrScratch: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed?: number;
}

/** Shares of the labels that are published, as far as they leave an image of each class. */
const USUAL_SHARES = [0.01, 0.1, 1];

export function addEvaluateFineTune(evaluate: Command): void {
  withEncoderOptions(
    evaluate
      .command("finetune")
      .description(
        "train the whole network with few labels and with all, against the same network from scratch",
      ),
  )
    .option(
      "--fraction <shares>",
      "shares of the labels, equal for every class (default: 0.01,0.1,1)",
      fractions,
    )
    .option("--lr-trunk <rate>", "learning rate of the encoder (default: SwAV's, by the share)", positive)
    .option(
      "--lr-head <rate>",
      "learning rate of the new linear layer (default: SwAV's, by the share)",
      positive,
    )
    .option("--lr-scratch <rate>", "learning rate from scratch", positive, fineTuneDefaults.scratchRate)
    .option(
      "--epochs <count>",
      "passes over the labelled images",
      countTo(1_000_000),
      fineTuneDefaults.epochs,
    )
    .option("--batch-size <count>", "images per step", countTo(2 ** 20), fineTuneDefaults.batchSize)
    .option("--seed <number>", "seed of order, crops, shares and the layer (default: the run's)", seed)
    .addHelpText(
      "after",
      "\nExamples:\n  tssl evaluate finetune runs/demo --fraction 0.1\n  tssl evaluate finetune runs/demo " +
        "--lr-trunk 0.02 --lr-head 0.5 --epochs 50",
    )
    .action(async (run: string, flags: EvaluateFineTuneFlags) =>
      finish(await evaluateFineTuneCommand(run, flags)),
    );
}

/** `tssl evaluate finetune <run>`: prints the result, and keeps it in the run folder. */
async function evaluateFineTuneCommand(runFolder: string, flags: EvaluateFineTuneFlags): Promise<number> {
  const run = await openRunEncoder(runFolder, flags);
  const sources = await chooseSources(run, flags);
  const named = {
    train: { option: "--train", images: await readImages(sources.train, tell) },
    test: { option: "--test", images: await readImages(sources.test, tell) },
  };
  const data = knnDataOf(named.train, named.test, evaluationOf(run.settings, { baseline: true }));
  const { labels, classes } = data.train;
  const least = classes.length / labels!.length;
  const shares = flags.fraction ?? USUAL_SHARES.filter((share) => share >= least);
  for (const share of shares) requireFraction(share, labels!, classes.length);
  await tellOverlap(data);

  const { mode } = await startEngineFor(run.settings.engine);
  const { epochs, batchSize, lrScratch: scratchRate } = flags;
  const settings: FineTuneSettings = {
    epochs,
    batchSize,
    seed: flags.seed ?? run.settings.seed,
    scratchRate,
  };
  const tune = async (made: MadeEncoder, rates: Rates, fraction: number): Promise<FineTuneResult> => {
    try {
      return await fineTune(trainableEncoder(made), data, { ...settings, ...rates, fraction, mode });
    } finally {
      made.store.dispose();
    }
  };

  const { testOfRun, dataOfRun } = sources.ofRun(named.train.images, named.test.images);
  const encoderFacts = await encoderFactsOf(runFolder);
  const trained = await tuneEach(shares, async (fraction, i) => {
    const { made, ...encoder } = await restoreEncoder(runFolder, run.registry, flags.checkpoint);
    const { checkpoint, chosenBy } = encoder;
    if (i === 0 && chosenBy !== undefined) tell(messages.checkpointChosen(checkpoint, chosenBy, testOfRun));
    const usual = fineTuneRates(fraction);
    const rates = { trunkRate: flags.lrTrunk ?? usual.trunkRate, headRate: flags.lrHead ?? usual.headRate };
    return { encoder, result: await tune(made, rates, fraction) };
  });
  const results = trained.map(({ result }) => result);
  const fromScratch = () =>
    tuneEach(shares, async (fraction) => {
      const made = await makeEncoder(runFolder, run.registry, encoderFacts);
      return tune(made, { trunkRate: scratchRate, headRate: scratchRate }, fraction);
    });
  const baseline = flags.baseline ? await measureBaseline(fromScratch) : {};

  const { encoder } = trained[0]!;
  const { checkpoint, chosenBy } = encoder;
  const corrupt = kindsOf(undecodable(data));
  printNotice(corruptText(Object.keys(corrupt), "left out", countKinds(corrupt)));
  const kept = evaluatedFacts({ encoder, data, dataOfRun });
  const { train, test } = kept.data;
  const evaluation: FineTuneEvaluation = {
    ...{ checkpoint, ...(chosenBy === undefined ? {} : { chosenBy }), ...settings },
    ...{ train, test, classes, results, ...baseline },
  };
  printResult(flags.json ? `${JSON.stringify(evaluation)}\n` : fineTuneText(evaluation));
  await keepResult(runFolder, { kind: "finetune", ...kept, settings, results, ...baseline });
  return 0;
}

/** One after the other: each needs the memory of a whole training. */
async function tuneEach<T>(
  shares: readonly number[],
  tune: (fraction: number, i: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  for (const [i, fraction] of shares.entries()) results.push(await tune(fraction, i));
  return results;
}

type Rates = Pick<FineTuneResult, "trunkRate" | "headRate">;
