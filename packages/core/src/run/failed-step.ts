import path from "node:path";

import { type ImageFile, imageFileName } from "@tssl/augment-zoo";

import { readJsonFile } from "../files/json-file.ts";
import {
  listOf,
  nullable,
  number,
  numberOrNaN,
  object,
  recordOf,
  type Shape,
  text,
  whole,
} from "../files/shapes.ts";
import { noFailedStep } from "../messages/run-folder.ts";
import type { NotFiniteStep, NotFiniteTensor } from "./not-finite.ts";
import { writeWhole } from "../files/write-whole.ts";

/**
 * What a run leaves of a step that gave numbers that are not finite: all that the step depends on besides the
 * state before it.
 */
export interface FailedStep {
  /** From 1, as in metrics.jsonl. */
  readonly step: number;
  readonly epoch: number;
  /** With epoch, image and name of the view it fixes every view. */
  readonly seed: number;
  /** Places of the batch's images in the training set, in the batch's order, and their files. */
  readonly indices: readonly number[];
  readonly files: readonly string[];
  readonly learningRate: number;
  /** As text, because JSON has no NaN. */
  readonly scalars: Readonly<Record<string, string>>;
  /** Tensors of the state after the step that are not finite. */
  readonly tensors: readonly NotFiniteTensor[];
  /** The last good checkpoint; null where there is none. */
  readonly checkpoint: string | null;
}

export const failedStepFile = (runFolder: string): string => path.join(runFolder, "failed-step.json");

export async function writeFailedStep(
  { folder, step, scalars, tensors, checkpoint }: NotFiniteStep,
  {
    files,
    ...batch
  }: Pick<FailedStep, "epoch" | "seed" | "indices" | "learningRate"> & {
    readonly files: readonly ImageFile[];
  },
): Promise<void> {
  const failed: FailedStep = {
    step,
    ...batch,
    files: batch.indices.map((index) => imageFileName(files[index]!)),
    scalars: Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, String(value)])),
    tensors,
    checkpoint: checkpoint ?? null,
  };
  await writeWhole(failedStepFile(folder), `${JSON.stringify(failed, undefined, 1)}\n`);
}

const failedStepShape: Shape<FailedStep> = object({
  step: whole(1),
  epoch: number({ minimum: 0 }),
  seed: whole(),
  indices: listOf(whole()),
  files: listOf(text),
  learningRate: numberOrNaN,
  scalars: recordOf(text),
  tensors: listOf(object({ name: text, nan: whole(), infinite: whole(), of: whole() })),
  checkpoint: nullable(text),
});

/**
 * @throws {TsslError} RUN_FOLDER where no step of the run has failed; FILE_DAMAGED if the file is not what a
 * run writes.
 */
export async function readFailedStep(runFolder: string): Promise<FailedStep> {
  const failed = await readJsonFile(failedStepFile(runFolder), failedStepShape);
  if (failed === undefined) throw noFailedStep(runFolder);
  return failed;
}
