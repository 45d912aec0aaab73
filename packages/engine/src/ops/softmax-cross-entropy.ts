import * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";
import { attribute, rawOp } from "./raw-op.ts";

const T = { T: attribute.type("float32") };

/**
 * Cross-entropy between target distributions and the softmax of logits, one value per row.
 *
 *     loss_i = - sum_j targets_ij * log softmax(logits_i)_j
 *
 * One fused op: the log of an underflowed softmax never appears, and the gradient `(softmax(logits) -
 * targets) * dy` (for rows of targets that sum to one) is computed along with the loss.
 *
 * @param logits `[B, C]` float32.
 * @param targets `[B, C]` float32; each row a distribution. Receives the gradient `- dy * log
 * softmax(logits)`.
 * @returns `[B]` in nats, 0 and up. The caller owns it.
 *
 * @example
 * ```ts
 * // log 2: the logits say nothing of two classes.
 * softmaxCrossEntropy(tf.tensor2d([[0, 0]]), tf.tensor2d([[1, 0]])); // => [0.6931]
 * ```
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const [loss] = differentiable({
    inputs: { logits, targets },
    forward: (save) => {
      const [rows, backprop] = rawOp("SoftmaxCrossEntropyWithLogits", T, [logits, targets], 2);
      save([logits, backprop!]);
      return [rows!];
    },
    gradients: ([dy], [savedLogits, backprop]) => ({
      logits: () => tf.mul(backprop!, tf.expandDims(dy!, 1)),
      targets: () => tf.mul(rawOp("LogSoftmax", T, [savedLogits!], 1)[0]!, tf.neg(tf.expandDims(dy!, 1))),
    }),
  });
  return loss as tf.Tensor1D;
}

/**
 * Cross-entropy where row i's target is the single class `labels[i]`.
 *
 *     loss_i = - log softmax(logits_i)[labels_i]
 *
 * @param logits `[B, C]` float32.
 * @param labels `[B]` int32, each in 0 .. C - 1.
 * @returns `[B]` in nats, 0 and up. The caller owns it.
 *
 * @example
 * ```ts
 * // log(1 + e^-1)
 * sparseSoftmaxCrossEntropy(tf.tensor2d([[1, 0]]), tf.tensor1d([0], "int32")); // => [0.3133]
 * ```
 */
export function sparseSoftmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  const [loss] = differentiable({
    inputs: { logits },
    forward: (save) => {
      const [rows, backprop] = rawOp(
        "SparseSoftmaxCrossEntropyWithLogits",
        { ...T, Tlabels: attribute.type("int32") },
        [logits, labels],
        2,
      );
      save([backprop!]);
      return [rows!];
    },
    gradients: ([dy], [backprop]) => ({ logits: () => tf.mul(backprop!, tf.expandDims(dy!, 1)) }),
  });
  return loss as tf.Tensor1D;
}
