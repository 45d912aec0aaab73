import path from "node:path";

import { isAddress, withoutSecrets } from "@tssl/augment-zoo";
import {
  evaluationOptions,
  type EvaluationImagesOptions,
  evaluationSources,
  fingerprintOf,
  knnDataOf,
  type NamedSource,
  overlapNotes,
} from "@tssl/core/internal";
import {
  type EvaluatedEncoder,
  type ImageSet,
  type KnnData,
  type LoadedEncoder,
  loadUntrainedEncoder,
  readImages,
  type RunSettings,
} from "@tssl/core/run";
import type { EngineMode } from "@tssl/engine";
import type { Command } from "commander";

import { loadRunEncoder } from "./load-run-encoder.ts";
import { checkpointChosen, testNotGiven } from "./messages/evaluation.ts";
import { refuseMovedImages } from "./moved-images.ts";
import { openRunEncoder, type RunEncoder } from "./open-run-encoder.ts";
import { tell } from "./terminal.ts";
import { requireKnownServers, type TrustFlag, trustOption } from "./trust.ts";

/** The options of every evaluation of a run. */
export interface EncoderFlags extends TrustFlag {
  readonly train?: string;
  readonly test?: string;
  readonly checkpoint?: string;
  /** Whether the untrained encoder is measured too. */
  readonly baseline: boolean;
  readonly json: boolean;
}

export const withEncoderOptions = (command: Command): Command =>
  withTrainedOptions(
    command
      .argument("<run>", "run folder")
      .option(
        "--train <folder>",
        "labelled images to learn from, a folder or shards (default: the run's evaluation.train, or " +
          "data.train)",
      )
      .option(
        "--test <folder>",
        "labelled images to classify (default: the run's evaluation.test, or data.test)",
      ),
  );

/** The options that say which encoders are measured, and how the result is printed. */
export const withTrainedOptions = (command: Command): Command =>
  command
    .option(
      "--checkpoint <name>",
      'name of a checkpoint, or "best" by checkpoint.best of the run (default: the newest)',
    )
    .option("--no-baseline", "do not evaluate the untrained encoder too, which takes half of the time")
    .option("--json", "one line of JSON", false)
    .addOption(trustOption());

/** A run's encoders, ready to be measured. */
export interface OpenEncoders {
  readonly encoder: LoadedEncoder;
  /** Makes the encoder as it was before the first step. */
  readonly openUntrained: () => Promise<EvaluatedEncoder>;
  readonly mode: EngineMode;
}

/** A run's encoder, and labelled images to evaluate it on. */
export interface OpenEncoder extends OpenEncoders {
  /** The encoder as the config names it: "resnet18". */
  readonly use: string;
  readonly data: KnnData;
  /** Whether `data` are the images that the run's config names. */
  readonly dataOfRun: boolean;
}

/**
 * Loads a run's encoder and opens the labelled images: those of the run, unless flags name others.
 *
 * @throws {TsslError} UNTRUSTED if the run names code that may not be run; INVALID_OPTION if images have
 * no labels, or test images have classes that the labelled images do not have.
 */
export async function openEncoder(runFolder: string, flags: EncoderFlags): Promise<OpenEncoder> {
  const run = await openRunEncoder(runFolder, flags);
  const sources = await chooseSources(run, flags);
  const train = { option: "--train", images: await readImages(sources.train, tell) };
  const test = { option: "--test", images: await readImages(sources.test, tell) };
  const data = knnDataOf(train, test, evaluationOf(run.settings, flags));
  await tellOverlap(data);
  const { testOfRun, dataOfRun } = sources.ofRun(train.images, test.images);
  const encoders = await openEncoders(runFolder, run, flags, testOfRun);
  return { ...encoders, use: run.use, data, dataOfRun };
}

/** Where the images of an evaluation are. */
export interface ChosenSources {
  readonly train: string;
  readonly test: string;
  /** Whether images that were read from there are those that the run's config names. */
  readonly ofRun: (
    train: ImageSet,
    test: ImageSet,
  ) => { readonly testOfRun: boolean; readonly dataOfRun: boolean };
}

/**
 * Chooses the images of an evaluation: those that flags name, or those of the run's config.
 *
 * @throws {TsslError} INVALID_OPTION where neither names test images, or those of the config are gone.
 */
export async function chooseSources(
  { settings, trust }: RunEncoder,
  flags: Pick<EncoderFlags, "train" | "test">,
): Promise<ChosenSources> {
  const sources = evaluationSources(settings);
  const test = flags.test ?? sources.test?.source;
  if (test === undefined) throw testNotGiven();
  const named = [
    ...(flags.train === undefined ? [sources.train] : []),
    ...(flags.test === undefined && sources.test !== undefined ? [sources.test] : []),
  ];
  await requireKnownServers(
    named.map(({ source }) => source),
    trust,
  );
  // Whatever is wrong with the images, these flags name others.
  refuseMovedImages(named, (option) => `--${option.split(".")[1]!} <folder>`);
  return {
    train: flags.train ?? sources.train.source,
    test,
    ofRun(trainImages, testImages) {
      const testOfRun = isOfRun(testImages, sources.test);
      return { testOfRun, dataOfRun: isOfRun(trainImages, sources.train) && testOfRun };
    },
  };
}

/** How images are evaluated; they are kept where the untrained encoder sees them again. */
export const evaluationOf = (
  settings: RunSettings,
  { baseline }: Pick<EncoderFlags, "baseline">,
): EvaluationImagesOptions => ({
  ...evaluationOptions(settings),
  cacheMegabytes: baseline ? settings.data.cacheMegabytes : 0,
});

/** Tells which test images are among the labelled ones. */
export async function tellOverlap(data: Pick<KnnData, "train" | "test">): Promise<void> {
  const notes = await overlapNotes({ train: data.train, knnData: data }, await marksOf(data), "the accuracy");
  notes.forEach(tell);
}

/**
 * Starts the engine and loads a run's encoder.
 *
 * @param testOfRun whether the test images are those that the run was evaluated on.
 */
export async function openEncoders(
  runFolder: string,
  { registry, settings }: Pick<RunEncoder, "registry" | "settings">,
  flags: Pick<EncoderFlags, "checkpoint">,
  testOfRun: boolean,
): Promise<OpenEncoders> {
  const { encoder, compile } = await loadRunEncoder(runFolder, { registry, settings }, flags.checkpoint);
  if (encoder.chosenBy !== undefined) {
    tell(checkpointChosen(encoder.checkpoint, encoder.chosenBy, testOfRun));
  }
  return {
    encoder,
    openUntrained: () => loadUntrainedEncoder(runFolder, registry, compile),
    mode: compile.mode,
  };
}

const isOfRun = ({ root }: ImageSet, named: NamedSource | undefined): boolean =>
  named !== undefined &&
  root === (isAddress(named.source) ? withoutSecrets(named.source) : path.resolve(named.source));

/** Fingerprints of the images; none where a file cannot be read, which the evaluation will tell. */
const marksOf = async ({ train, test }: Pick<KnnData, "train" | "test">) =>
  Promise.all([fingerprintOf(train), fingerprintOf(test)]).then(
    ([train, test]) => ({ train, test }),
    () => ({}),
  );
