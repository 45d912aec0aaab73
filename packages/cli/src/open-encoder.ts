import { evaluationOptions } from "@tssl/core/internal";
import {
  engineOptions,
  evaluationImages,
  type KnnData,
  type LoadedEncoder,
  loadEncoder,
  programOptions,
  readImages,
  readRunConfig,
  readRunContent,
} from "@tssl/core/run";
import { type EngineMode, startEngine } from "@tssl/engine";
import type { Command } from "commander";

import * as messages from "./messages.ts";
import { refuseMovedImages } from "./moved-images.ts";
import { withModules } from "./registry.ts";

/** The options of every evaluation of a run. */
export interface EncoderFlags {
  readonly train?: string;
  readonly test?: string;
  readonly checkpoint?: string;
  readonly json: boolean;
}

export const withEncoderOptions = (command: Command): Command =>
  command
    .argument("<run>", "run folder")
    .option(
      "--train <folder>",
      "labelled images to learn from, a folder or shards (default: the run's data.train)",
    )
    .option("--test <folder>", "labelled images to classify (default: the run's data.test)")
    .option("--checkpoint <name>", 'name of a checkpoint, or "best" by kNN (default: the newest)')
    .option("--json", "one line of JSON", false);

/** A run's encoder, and labelled images to evaluate it on. */
export interface OpenEncoder {
  readonly encoder: LoadedEncoder;
  readonly data: KnnData;
  readonly mode: EngineMode;
}

/**
 * Loads a run's encoder and opens the labelled images: those of the run, unless flags name others.
 *
 * @throws {TsslError} INVALID_OPTION if images have no labels, or the test images have other classes than the
 * training images.
 */
export async function openEncoder(runFolder: string, flags: EncoderFlags): Promise<OpenEncoder> {
  const { encoder: chosen } = await readRunContent(runFolder);
  const { registry } = await withModules({ encoder: chosen }, runFolder);
  const { settings } = await readRunConfig(runFolder, registry);
  const testFolder = flags.test ?? settings.data.test;
  if (testFolder === null) throw messages.testNotGiven();
  refuseMovedImages(
    {
      train: flags.train === undefined ? settings.data.train : null,
      test: flags.test === undefined ? testFolder : null,
    },
    (option) => `${option.replace("data.", "--")} <folder>`,
  );
  const tell = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const folders = {
    train: await readImages(flags.train ?? settings.data.train, tell),
    test: await readImages(testFolder, tell),
  };
  const { train, test } = folders;
  for (const [flag, folder] of Object.entries(folders)) {
    if (folder.labels === undefined) throw messages.imagesWithoutClasses(`--${flag}`, folder.root);
  }
  if (train.classes.join("/") !== test.classes.join("/")) {
    throw messages.otherClasses(train.classes, test.classes);
  }

  const engine = await startEngine(engineOptions(settings.engine));
  const {
    mode: { mode },
    precision,
  } = programOptions(settings.engine, engine);
  const encoder = await loadEncoder(runFolder, registry, {
    mode,
    precision,
    ...(flags.checkpoint === undefined ? {} : { checkpoint: flags.checkpoint }),
  });
  const options = { ...evaluationOptions(settings), cacheMegabytes: 0 };
  return {
    encoder,
    mode,
    data: {
      ...folders,
      trainImages: evaluationImages(train, options),
      testImages: evaluationImages(test, { ...options, maxCorruptShare: 0 }),
    },
  };
}
