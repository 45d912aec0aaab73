import * as tf from "@tensorflow/tfjs";

import { OVER_REPLICAS } from "../lower/over-replicas.ts";
import { replicasOfGroup } from "../start.ts";
import { batchNormOverProcesses } from "./batch-norm-over-processes.ts";
import type { BatchNormState } from "./batch-norm-state.ts";
import { differentiable } from "./differentiable.ts";
import { type Attribute, attribute, rawOp } from "./raw-op.ts";
import { stepReplicas } from "./replicas.ts";

const attributes = (isTraining: boolean, epsilon: number): Record<string, Attribute> => ({
  T: attribute.type("float32"),
  U: attribute.type("float32"),
  epsilon: attribute.float(epsilon),
  data_format: attribute.text("NHWC"),
  is_training: attribute.bool(isTraining),
});

/**
 * Batch normalization in training: with the statistics of this batch, which also update the running
 * statistics.
 *
 *     y         = gamma * (x - mean) / sqrt(variance + epsilon) + beta
 *                 mean and variance over N, H, W; the variance is biased
 *     mean'     = (1 - momentum) * running mean     + momentum * mean
 *     variance' = (1 - momentum) * running variance + momentum * variance * M / (M - 1)       M = N H W
 *
 * `momentum` is the share of the new value, as in PyTorch; in tfjs and Keras it is the share of the old one.
 *
 * Reference: Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167, alg. 1; running variance unbiased as in
 * PyTorch.
 *
 * @param x `[N, H, W, C]` or `[N, C]` float32.
 * @param state gamma, beta and the running statistics, `[C]` each; not changed. Gradients flow to x, gamma
 * and beta.
 * @param options.overReplicas takes mean and variance over the rows of all replicas of the step, as one
 * device with all of them would; M counts them all. For steps of several replicas (`stepReplicas`) alone.
 * @returns `y` of x's shape and the new running statistics `[C]`, through which no gradient flows. The caller
 * owns all three.
 *
 * @example
 * ```ts
 * const [gamma, beta, mean, variance] = [1, 0, 0, 1].map((value) => tf.tensor1d([value]));
 * const state = { gamma: gamma!, beta: beta!, mean: mean!, variance: variance! };
 * const result = batchNormTraining(tf.tensor2d([[1], [3]]), state, { momentum: 0.1, epsilon: 0 });
 * result.y; // => [[-1], [1]]
 * result.mean; // => [0.2]
 * // A tenth of the unbiased variance, 2, and nine tenths of 1.
 * result.variance; // => [1.1]
 * ```
 */
export function batchNormTraining<X extends tf.Tensor2D | tf.Tensor4D>(
  x: X,
  { gamma, beta, mean, variance }: BatchNormState,
  {
    momentum,
    epsilon,
    overReplicas = false,
  }: { readonly momentum: number; readonly epsilon: number; readonly overReplicas?: boolean },
): { y: X; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const shared = {
    ...attributes(true, epsilon),
    ...(overReplicas ? { [OVER_REPLICAS]: attribute.bool(true) } : {}),
  };
  const replicas = overReplicas ? replicasOfGroup() : undefined;
  return tf.tidy(() => {
    const image = asImage(x);
    if (replicas !== undefined) {
      const state = { gamma, beta, mean, variance };
      const given = attributes(false, epsilon);
      const outputs = batchNormOverProcesses(image, state, stepReplicas(replicas), {
        momentum,
        epsilon,
        given,
      });
      return resultsLike(outputs, x);
    }
    const outputs = differentiable({
      inputs: { x: image, gamma, beta },
      forward: (save) => {
        const [y, newMean, newVariance, ...reserved] = rawOp(
          "FusedBatchNormV3",
          { ...shared, exponential_avg_factor: attribute.float(momentum) },
          [image, gamma, beta, mean, variance],
          6,
        );
        save([image, gamma, ...reserved]);
        return [y!, newMean!, newVariance!];
      },
      gradients: ([dy], saved) => gradientsOfBatchNorm(dy!, saved, shared),
    });
    return resultsLike(outputs, x);
  });
}

const resultsLike = <X extends tf.Tensor2D | tf.Tensor4D>(outputs: readonly tf.Tensor[], x: X) => ({
  y: likeInput(outputs[0]!, x),
  mean: outputs[1] as tf.Tensor1D,
  variance: outputs[2] as tf.Tensor1D,
});

/**
 * Batch normalization with the running statistics, for evaluation.
 *
 *     y = gamma * (x - running mean) / sqrt(running variance + epsilon) + beta
 *
 * @param x `[N, H, W, C]` or `[N, C]` float32.
 * @returns a tensor of x's shape; the caller owns it. Gradients flow to x, gamma and beta.
 */
export function batchNormInference<X extends tf.Tensor2D | tf.Tensor4D>(
  x: X,
  { gamma, beta, mean, variance }: BatchNormState,
  { epsilon }: { readonly epsilon: number },
): X {
  const shared = attributes(false, epsilon);
  return tf.tidy(() => {
    const image = asImage(x);
    const [y] = differentiable({
      inputs: { x: image, gamma, beta },
      forward: (save) => {
        const outputs = rawOp("FusedBatchNormV3", shared, [image, gamma, beta, mean, variance], 6);
        save([image, gamma, mean, variance, outputs[5]!]);
        return [outputs[0]!];
      },
      gradients: ([dy], saved) => gradientsOfBatchNorm(dy!, saved, shared),
    });
    return likeInput(y!, x);
  });
}

/** The gradients of all three inputs, computed in one call. */
function gradientsOfBatchNorm(
  dy: tf.Tensor,
  saved: readonly tf.Tensor[],
  shared: Readonly<Record<string, Attribute>>,
): Record<string, () => tf.Tensor> {
  const [dx, dGamma, dBeta] = rawOp("FusedBatchNormGradV3", shared, [dy, ...saved], 5);
  return { x: () => dx!, gamma: () => dGamma!, beta: () => dBeta! };
}

/** Reshapes back to `[N, C]`; images need no reshape. */
const likeInput = <X extends tf.Tensor>(y: tf.Tensor, x: X): X =>
  (x.rank === 4 ? y : tf.reshape(y, x.shape)) as X;

function asImage(x: tf.Tensor2D | tf.Tensor4D): tf.Tensor4D {
  return x.rank === 4 ? (x as tf.Tensor4D) : tf.reshape(x, [x.shape[0], 1, 1, x.shape[1]]);
}
