import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import type { Gradients } from "./optimizer.ts";

/**
 * The length of all gradients taken as one vector: `sqrt(sum of squares)`.
 *
 * @returns a scalar; the caller owns it.
 *
 * @example
 * ```ts
 * globalNorm(new Map([["a", tf.tensor1d([3, 0])], ["b", tf.tensor1d([4])]])); // => 5
 * ```
 */
export function globalNorm(gradients: Gradients): tf.Scalar {
  return tf.tidy(() => {
    const halves = [...gradients.values()].map(
      (gradient) => engine.rawOp("L2Loss", { T: engine.attribute.type("float32") }, [gradient], 1)[0]!, // sum(g²) / 2
    );
    // Stacked: TensorFlow turns a sum of many into ops that XLA does not compile.
    return tf.sqrt(tf.mul(tf.sum(tf.stack(halves)), 2)) as tf.Scalar;
  });
}

/**
 * Scales all gradients alike so that their global norm is at most `maxNorm`, as
 * `torch.nn.utils.clip_grad_norm_`:
 * `g <- g * min(1, maxNorm / (norm + 1e-6))`.
 *
 * @returns new gradients; the caller owns them.
 *
 * @example
 * ```ts
 * const gradients = new Map([["a", tf.tensor1d([3, 0])], ["b", tf.tensor1d([4])]]);
 * clipByGlobalNorm(gradients, tf.scalar(5), 1).get("b"); // => [0.8]
 * ```
 */
export function clipByGlobalNorm(gradients: Gradients, norm: tf.Scalar, maxNorm: number): Gradients {
  const factor = tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
  return new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, factor)]));
}
