import * as tf from "@tensorflow/tfjs";

/** A tensor that was made under watch and is still there. */
export interface LivingTensor<Label> {
  readonly tensor: tf.Tensor;
  readonly label: Label;
}

export interface TensorWatch<Label> {
  /** What was made since the watch began and has not been freed, in the order in which it was made; variables too. */
  living(): readonly LivingTensor<Label>[];
  /** Leaves tfjs as it was. */
  stop(): void;
}

/** The method of tfjs's engine through which every tensor and variable comes into being. */
interface TrackingEngine {
  trackTensor(tensor: tf.Tensor, backend: unknown): void;
}

/**
 * Notes every tensor that tfjs makes until `stop`, so that a leak can be told by what made it.
 *
 * @param label what to remember of the moment in which a tensor is made.
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
