import path from "node:path";

import {
  evaluateLinear,
  linearData,
  type LinearOptions,
  type LinearResult,
  probeLearningRates,
  requireFraction,
  writeWhole,
} from "@tssl/core";

import { corruptText } from "../corrupt-text.ts";
import { type LinearEvaluation, linearText } from "../linear-text.ts";
import { type EncoderFlags, openEncoder } from "../open-encoder.ts";

export interface EvaluateLinearFlags extends EncoderFlags {
  readonly lr?: readonly number[];
  readonly schedule: LinearOptions["schedule"];
  readonly epochs: number;
  readonly batchSize: number;
  readonly fraction: readonly number[];
  readonly augment: boolean;
  readonly seed?: number;
  readonly out?: string;
  readonly json: boolean;
}

/** `tssl evaluate linear <run>`: prints what it finds, and writes it to a file, by default linear.json in the run folder. */
export async function evaluateLinearCommand(runFolder: string, flags: EvaluateLinearFlags): Promise<number> {
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
  // Before features are computed, which may take long.
  for (const share of flags.fraction) requireFraction(share, data.train.labels!, data.train.classes.length);
  const seed = flags.seed ?? settings.seed;
  const learningRates = flags.lr ?? probeLearningRates;
  const probeData = await linearData(encoder.rawFeatures, data, {
    augment,
    cacheMegabytes: settings.data.cacheMegabytes,
  });
  const corruptFiles = data.trainImages.corrupt.map(({ file }) => file);
  process.stderr.write(corruptText(corruptFiles, "left out"));
  const results: LinearResult[] = [];
  for (const fraction of flags.fraction) {
    const options = { learningRates, schedule, epochs, batchSize, seed, mode: mode.mode, fraction };
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
