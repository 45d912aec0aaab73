import path from "node:path";

import { isAddress, withoutSecrets } from "@tssl/augment-zoo";
import {
  evaluationOptions,
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
} from "@tssl/core/run";
import type { EngineMode } from "@tssl/engine";
import type { Command } from "commander";

import { loadRunEncoder } from "./load-run-encoder.ts";
import * as messages from "./messages.ts";
import { refuseMovedImages } from "./moved-images.ts";
import { openRunEncoder } from "./open-run-encoder.ts";
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
    )
    .option(
      "--checkpoint <name>",
      'name of a checkpoint, or "best" by checkpoint.best of the run (default: the newest)',
    )
    .option("--no-baseline", "do not evaluate the untrained encoder too, which takes half of the time")
    .option("--json", "one line of JSON", false)
    .addOption(trustOption());

/** A run's encoder, and labelled images to evaluate it on. */
export interface OpenEncoder {
  readonly encoder: LoadedEncoder;
  /** Makes the encoder as it was before the first step. */
  readonly openUntrained: () => Promise<EvaluatedEncoder>;
  readonly data: KnnData;
  /** Whether `data` are the images that the run's config names. */
  readonly dataOfRun: boolean;
  readonly mode: EngineMode;
}

/**
 * Loads a run's encoder and opens the labelled images: those of the run, unless flags name others.
 *
 * @throws {TsslError} UNTRUSTED if the run names code that may not be run; INVALID_OPTION if images have
 * no labels, or test images have classes that the labelled images do not have.
 */
export async function openEncoder(runFolder: string, flags: EncoderFlags): Promise<OpenEncoder> {
  const { registry, settings, trust } = await openRunEncoder(runFolder, flags);
  const sources = evaluationSources(settings);
  const testSource = flags.test ?? sources.test?.source;
  if (testSource === undefined) throw messages.testNotGiven();
  const named = [
    ...(flags.train === undefined ? [sources.train] : []),
    ...(flags.test === undefined && sources.test !== undefined ? [sources.test] : []),
  ];
  await requireKnownServers(
    named.map(({ source }) => source),
    trust,
  );
  refuseMovedImages(named, (option) => `--${option.split(".")[1]!} <folder>`);
  // Whatever is wrong with the images, these flags name others.
  const train = { option: "--train", images: await readImages(flags.train ?? sources.train.source, tell) };
  const test = { option: "--test", images: await readImages(testSource, tell) };
  // The untrained encoder sees the images again.
  const cacheMegabytes = flags.baseline ? settings.data.cacheMegabytes : 0;
  const data = knnDataOf(train, test, { ...evaluationOptions(settings), cacheMegabytes });
  const notes = await overlapNotes(
    { train: train.images, knnData: data },
    await marksOf(data),
    "the accuracy",
  );
  notes.forEach(tell);

  const { encoder, compile } = await loadRunEncoder(runFolder, { registry, settings }, flags.checkpoint);
  const testOfRun = isOfRun(test.images, sources.test);
  if (encoder.chosenBy !== undefined) {
    tell(messages.checkpointChosen(encoder.checkpoint, encoder.chosenBy, testOfRun));
  }
  return {
    encoder,
    openUntrained: () => loadUntrainedEncoder(runFolder, registry, compile),
    data,
    dataOfRun: isOfRun(train.images, sources.train) && testOfRun,
    mode: compile.mode,
  };
}

const isOfRun = ({ root }: ImageSet, named: NamedSource | undefined): boolean =>
  named !== undefined &&
  root === (isAddress(named.source) ? withoutSecrets(named.source) : path.resolve(named.source));

/** Fingerprints of the images; none where a file cannot be read, which the evaluation will tell. */
const marksOf = async ({ train, test }: KnnData) =>
  Promise.all([fingerprintOf(train), fingerprintOf(test)]).then(
    ([train, test]) => ({ train, test }),
    () => ({}),
  );
