import { viewShape } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { partsPerStep } from "../plugins/run-facts.ts";
import { hostImages, hostInputs } from "./batches.ts";
import type { HostPart } from "./host-part.ts";
import type { PreparedRun } from "./prepare-run.ts";

/**
 * What one optimizer step takes in, of the right shapes: black images, the first of the data set's indices,
 * host inputs of the first step.
 */
export function blankParts({ facts, own: { count }, views, inputs, readsLabels }: PreparedRun): HostPart[] {
  const { batchSize } = facts;
  return Array.from({ length: partsPerStep(facts) }, (_, part) => ({
    views: Object.fromEntries(
      Object.entries(views).map(([name, { recipe }]) => {
        const shape = [count, ...viewShape(recipe, facts.pixels.channels)];
        const size = tf.util.sizeFromShape(shape);
        const values = facts.pixels.depth === 8 ? new Uint8Array(size) : new Float32Array(size);
        return [name, { values, shape }];
      }),
    ),
    ...hostImages(
      Array.from({ length: count }, (_, i) => part * count + i),
      readsLabels ? new Int32Array(batchSize) : undefined,
    ),
    inputs: hostInputs({ inputs, facts, seed: 0 }, 0, part),
  }));
}
