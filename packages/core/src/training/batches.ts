import { randomStream, type ViewLoader } from "@tssl/augment-zoo";
import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { epochBatches } from "../data/epoch-order.ts";
import { prefetch } from "../data/prefetch.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { StepInput } from "../state/inputs.ts";
import { type ImageStatistics, normalizeImages } from "./normalize-images.ts";
import type { StepPart } from "./step.ts";

export interface BatchSource {
  readonly loader: ViewLoader;
  readonly facts: RunFacts;
  readonly inputs: readonly StepInput[];
  readonly statistics: ImageStatistics;
  readonly seed: number;
}

/** Parts of batches that are made while the step computes. */
const AHEAD = 2;

/**
 * One epoch's steps, each as the parts it is accumulated from. The consumer frees the tensors.
 *
 * @param epoch from 0.
 */
export async function* epochSteps(source: BatchSource, epoch: number): AsyncGenerator<readonly StepPart[]> {
  const { loader, facts, seed } = source;
  const { datasetSize, batchSize, microBatchSize, stepsPerEpoch } = facts;
  const partsPerStep = batchSize / microBatchSize;
  const requests = epochBatches(datasetSize, batchSize, { seed, epoch }).flatMap((batch) =>
    Array.from({ length: partsPerStep }, (_, part) =>
      batch.slice(part * microBatchSize, (part + 1) * microBatchSize),
    ),
  );
  const load = (indices: readonly number[]) => loader.load({ epoch, indices });
  let step = epoch * stepsPerEpoch;
  let parts: StepPart[] = [];
  try {
    for await (const batch of prefetch(requests, load, { ahead: AHEAD, discard: (late) => late.release() })) {
      parts.push({
        views: imageTensors(batch.views, batch.indices.length, source.statistics),
        indices: tf.tensor1d(batch.indices, "int32"),
        inputs: inputTensors(source, step, parts.length),
      });
      batch.release();
      if (parts.length < partsPerStep) continue;
      const ready = parts;
      parts = [];
      yield ready;
      step++;
    }
  } finally {
    freeParts(parts);
  }
}

export function freeParts(parts: readonly StepPart[]): void {
  for (const { views, indices, inputs } of parts) tf.dispose([views, indices, inputs]);
}

function imageTensors(
  views: Readonly<Record<string, Uint8Array>>,
  count: number,
  statistics: ImageStatistics,
): Record<string, tf.Tensor4D> {
  return Object.fromEntries(
    Object.entries(views).map(([name, bytes]) => {
      const side = Math.sqrt(bytes.length / (count * 3));
      return [name, normalizeImages(engine.fromBytes<tf.Rank.R4>(bytes, [count, side, side, 3]), statistics)];
    }),
  );
}

/** The values of all inputs for one part of one step; the caller frees them. */
export function inputTensors(
  { inputs, facts, seed }: Pick<BatchSource, "inputs" | "facts" | "seed">,
  step: number,
  part: number,
): Record<string, tf.Tensor> {
  return Object.fromEntries(
    inputs.map(({ name, shape, dtype, valueAt }) => {
      const random = randomStream(seed, "input", name, step, part);
      const value = valueAt({ step, totalSteps: facts.totalSteps, random });
      return [name, tf.tensor(value, [...shape], dtype)];
    }),
  );
}
