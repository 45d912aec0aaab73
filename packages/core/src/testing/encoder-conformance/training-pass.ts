import { fill } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import { type BuiltEncoder, training } from "./subject.ts";

/** Fixed numbers that features are multiplied by, so that their sum is a loss. */
export const weightsOf = (shape: readonly [number, number]): tf.Tensor2D =>
  tf.tensor2d(fill("weights", shape[0] * shape[1], 1), [...shape]);

/**
 * The features of images in mode training, and the gradients of their weighted sum by the names of trained
 * values; absent where there is no way from a value to the features.
 */
export function trainingPass(
  { encoder, store }: BuiltEncoder,
  images: tf.Tensor4D,
): { readonly features: tf.Tensor2D; readonly gradients: Readonly<Record<string, tf.Tensor>> } {
  const trained = store.trained();
  const weights = weightsOf([images.shape[0], encoder.featureDim]);
  const { value, grads } = tf.engine().gradients(
    () => encoder.forward(images, training),
    trained.map(({ variable }) => variable),
    weights,
    true,
  ) as { value: tf.Tensor2D; grads: (tf.Tensor | null | undefined)[] };
  return {
    features: value,
    gradients: Object.fromEntries(
      trained.flatMap(({ name }, i) => (grads[i] == null ? [] : [[name, grads[i]] as const])),
    ),
  };
}
