import * as tf from "@tensorflow/tfjs";

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

/** The method of tfjs's engine that registers every new tensor and variable. */
interface TrackingEngine {
  trackTensor(tensor: tf.Tensor, backend: unknown): void;
}

/**
 * Records every tensor that tfjs makes until `stop`, with a label that tells where a leak comes from.
 *
 * @param label called when a tensor is made; its result is stored with the tensor.
 */
export function watchTensors<Label>(label: () => Label): TensorWatch<Label> {
  const engine = tf.engine() as unknown as Partial<TrackingEngine>;
  const { trackTensor } = engine as TrackingEngine;
  let made: LivingTensor<Label>[] = [];
  engine.trackTensor = function (tensor, backend) {
    trackTensor.call(this, tensor, backend);
    made.push({ tensor, label: label() });
  };
  return {
    living() {
      made = made.filter(({ tensor }) => !tensor.isDisposed);
      return made;
    },
    stop() {
      delete engine.trackTensor; // what was set on the object hid its class's own method
    },
  };
}
