import {
  environmentOf,
  type FineTuneSettings,
  fineTuneDefaults,
  fineTuneRates,
  fingerprintOf,
  knnDataOf,
  makeEncoder,
  type MadeEncoder,
  requireFraction,
  restoreEncoder,
  type RunEnvironment,
  trainableEncoder,
  undecodable,
} from "@tssl/core/internal";
import {
  type CheckpointFacts,
  countKinds,
  engineOptions,
  fineTune,
  type FineTuneKeeping,
  type FineTuneOptions,
  type FineTuneResult,
  kindsOf,
  type KnnData,
  programOptions,
  readImages,
  type RunSettings,
  TSSL_VERSION,
} from "@tssl/core/run";
import { startEngine } from "@tssl/engine";
import type { Command } from "commander";

import { corruptText } from "../corrupt-text.ts";
import { finish } from "../exit-code.ts";
import { type FineTuneEvaluation, fineTuneText } from "../fine-tune-text.ts";
import { evaluatedFacts, keepResult, measureBaseline } from "../measure-encoder.ts";
import { checkpointChosen } from "../messages/evaluation.ts";
import { fineTuningStopped } from "../messages/fine-tuning.ts";
import {
  chooseSources,
  type EncoderFlags,
  evaluationOf,
  tellOverlap,
  withEncoderOptions,
} from "../open-encoder.ts";
import { openRunEncoder, type RunEncoder } from "../open-run-encoder.ts";
import { countTo, fractions, positive, seed } from "../option-values.ts";
import { stopSwitch } from "../stop-signals.ts";
import { printNotice, printResult, tell } from "../terminal.ts";
import { type AskedFineTuning, unfinishedFineTunings } from "../unfinished-fine-tunings.ts";

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
      "\nWhere it is stopped or killed, the same command goes on.\n" +
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
  const { data, shares, testOfRun, dataOfRun } = await openImages(run, flags);
  const environment = await startFor(run.settings);
  const { made, ...encoder } = await restoreEncoder(runFolder, run.registry, flags.checkpoint);
  made.store.dispose();
  const { checkpoint, chosenBy, facts } = encoder;
  if (chosenBy !== undefined) tell(checkpointChosen(checkpoint, chosenBy, testOfRun));

  const { epochs, batchSize, lrScratch: scratchRate } = flags;
  const settings: FineTuneSettings = {
    ...{ epochs, batchSize, scratchRate },
    seed: flags.seed ?? run.settings.seed,
  };
  const stopping = stopSwitch();
  const unfinished = unfinishedFineTunings(runFolder, {
    ...{ environment, epochs },
    settings: [epochs, batchSize, settings.seed, checkpoint, data.train.root, data.test.root],
    of: await identityOf(facts, data),
    checkpoint: run.settings.checkpoint,
  });
  /** Fine-tunes with each share, one after the other: each needs the memory of a whole training. */
  const tuneEach = async (networkOf: (fraction: number) => Network): Promise<readonly FineTuneResult[]> => {
    const results: FineTuneResult[] = [];
    for (const fraction of shares) {
      const { make, ...asked } = { fraction, ...networkOf(fraction) };
      const train = async (keeping: FineTuneKeeping) => {
        const { mode } = environment;
        const options = { ...settings, ...asked, mode, keeping, signal: stopping.signal };
        return fineTuneAndDispose(await make(), data, options);
      };
      results.push(await unfinished.tune(asked, train));
    }
    return results;
  };
  try {
    const results = await tuneEach((fraction) => ({
      ...ratesOf(fraction, flags),
      fromScratch: false,
      make: async () => (await restoreEncoder(runFolder, run.registry, checkpoint)).made,
    }));
    const fromScratch = () =>
      tuneEach(() => ({
        ...{ trunkRate: scratchRate, headRate: scratchRate, fromScratch: true },
        make: () => makeEncoder(runFolder, run.registry, facts),
      }));
    const baseline = flags.baseline ? await measureBaseline(fromScratch) : {};

    const corrupt = kindsOf(undecodable(data));
    printNotice(corruptText(Object.keys(corrupt), "left out", countKinds(corrupt)));
    const kept = evaluatedFacts({ encoder, data, dataOfRun });
    const { train, test, classes } = kept.data;
    const evaluation: FineTuneEvaluation = {
      ...{ checkpoint, ...(chosenBy === undefined ? {} : { chosenBy }), ...settings },
      ...{ train, test, classes, results, ...baseline },
    };
    printResult(flags.json ? `${JSON.stringify(evaluation)}\n` : fineTuneText(evaluation));
    await keepResult(runFolder, { kind: "finetune", ...kept, settings, results, ...baseline });
    await unfinished.remove();
    return 0;
  } catch (error) {
    if (error !== stopping.signal.reason) throw error;
    tell(fineTuningStopped(unfinished.areKept()));
    return stopping.exitCode()!;
  } finally {
    unfinished.close();
    stopping.release();
  }
}

/** A network to fine-tune. */
interface Network extends Omit<AskedFineTuning, "fraction"> {
  readonly make: () => Promise<MadeEncoder>;
}

/** The labelled images, and the shares of their labels. */
async function openImages(run: RunEncoder, flags: EvaluateFineTuneFlags) {
  const sources = await chooseSources(run, flags);
  const train = { option: "--train", images: await readImages(sources.train, tell) };
  const test = { option: "--test", images: await readImages(sources.test, tell) };
  const data = knnDataOf(train, test, evaluationOf(run.settings, { baseline: true }));
  const { labels, classes } = data.train;
  const least = classes.length / labels!.length;
  const asked = flags.fraction ?? USUAL_SHARES.filter((share) => share >= least);
  const shares = [...new Set(asked)];
  for (const share of shares) requireFraction(share, labels!, classes.length);
  await tellOverlap(data);
  return { data, shares, ...sources.ofRun(train.images, test.images) };
}

/** Starts the engine. Fine-tuning is in float32 on one device, whatever the run was trained on. */
async function startFor({ engine }: RunSettings): Promise<RunEnvironment> {
  const started = await startEngine(engineOptions(engine));
  return environmentOf(started, { ...programOptions(engine, started), precision: "float32" }, 1);
}

/** What the numbers depend on, beside what is asked for. */
const identityOf = async (
  { config, code, step, savedAt }: CheckpointFacts,
  { train, test }: KnnData,
): Promise<readonly unknown[]> => {
  const digests = [(await fingerprintOf(train)).digest, (await fingerprintOf(test)).digest];
  return [TSSL_VERSION, config, code ?? {}, step, savedAt, ...digests, train.classes];
};

const ratesOf = (
  fraction: number,
  { lrTrunk, lrHead }: EvaluateFineTuneFlags,
): Pick<FineTuneResult, "trunkRate" | "headRate"> => {
  const usual = fineTuneRates(fraction);
  return { trunkRate: lrTrunk ?? usual.trunkRate, headRate: lrHead ?? usual.headRate };
};

async function fineTuneAndDispose(
  made: MadeEncoder,
  data: KnnData,
  options: FineTuneOptions,
): Promise<FineTuneResult> {
  try {
    return await fineTune(trainableEncoder(made), data, options);
  } finally {
    made.store.dispose();
  }
}
