import type { ViewSize } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { parseConfig } from "../config/parse-config.ts";
import { hostInputs } from "../training/batches.ts";
import { type PreparedRun, prepareRun, runFacts, runStep } from "../training/prepare-run.ts";
import type { StepPart } from "../training/step-machine.ts";
import type { StepDescription } from "../training/step-description.ts";

/**
 * What a test says of its run; the rest are the config's defaults. Encoder, plugins and optimizer are given
 * as values.
 */
export interface TestRun {
  readonly encoder: object;
  readonly plugins: readonly object[];
  readonly optimizer: object;
  readonly batchSize: number;
  readonly accumulate?: number;
  readonly imageSize?: ViewSize;
  readonly datasetSize?: number;
  /** Default 1. */
  readonly epochs?: number;
  /** Replicas that share each batch; the run is that of one of them. Default 1. */
  readonly replicas?: number;
  readonly seed?: number;
  /** Classes of the training images. Default: not known. */
  readonly classes?: number;
}

/** A run ready for its first step, without files: as the trainer makes it from a config. */
export function testRun({
  datasetSize,
  imageSize = 32,
  replicas = 1,
  classes,
  ...raw
}: TestRun): PreparedRun {
  const registry = { plugins: {}, encoders: {}, optimizers: {} };
  const config = parseConfig({ epochs: 1, imageSize, data: { train: "." }, ...raw }, registry, "test");
  return prepareRun(
    config,
    runFacts(config, datasetSize ?? raw.batchSize * 10, {
      replicas,
      ...(classes === undefined ? {} : { classes }),
    }),
  );
}

/** What the trainer would hand to a step for these views: one part, with the values of the run's inputs. */
export function stepPart(run: PreparedRun, views: Readonly<Record<string, tf.Tensor4D>>, step = 0): StepPart {
  const count = Object.values(views)[0]!.shape[0];
  const values = hostInputs({ inputs: run.inputs, facts: run.facts, seed: 0 }, step, 0);
  const inputs = Object.fromEntries(
    Object.entries(values).map(([name, input]) => [name, tf.tensor(input.values, [...input.shape])]),
  );
  return { views, patches: {}, indices: tf.range(0, count, 1, "int32"), inputs };
}

/** Takes a step, and tells what is known of it whatever its numbers: terms and chance levels. */
export function stepDescription(run: PreparedRun, parts: readonly StepPart[]): StepDescription {
  let description!: StepDescription;
  const scalars = runStep(run.machine(), parts, tf.scalar(0), (taken) => (description = taken.description));
  tf.dispose(scalars);
  return description;
}
