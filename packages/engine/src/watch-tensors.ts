import type * as tf from "@tensorflow/tfjs";

import { replaceMethods, tfjsEngine } from "./tfjs-internals.ts";

/** A tensor that was made during the watch and is not freed. */
export interface LivingTensor<Label> {
  readonly tensor: tf.Tensor;
  readonly label: Label;
}

export interface TensorWatch<Label> {
  /**
   * Tensors and variables that were made during the watch and are not freed, in the order in which they were
   * made.
   */
  living(): readonly LivingTensor<Label>[];
  /** Restores tfjs. */
  stop(): void;
}

/**
 * Records every tensor that tfjs makes until `stop`, with a label that tells where a leak comes from.
 *
 * @param label called when a tensor is made; its result is stored with the tensor.
 */
export function watchTensors<Label>(label: () => Label): TensorWatch<Label> {
  const engine = tfjsEngine();
  const { trackTensor } = engine;
  let made: LivingTensor<Label>[] = [];
  const restore = replaceMethods(engine, {
    trackTensor(tensor, backend) {
      trackTensor.call(engine, tensor, backend);
      made.push({ tensor, label: label() });
    },
  });
  return {
    living() {
      made = made.filter(({ tensor }) => !tensor.isDisposed);
      return made;
    },
    stop: restore,
  };
}
