import * as tf from "@tensorflow/tfjs";

import type { BatchNormState } from "./batch-norm-state.ts";
import { differentiable } from "./differentiable.ts";
import { type Attribute, rawOp } from "./raw-op.ts";
import type { StepReplicas } from "./replicas.ts";

export interface BatchNormOverProcesses {
  readonly momentum: number;
  readonly epsilon: number;
  /** Attributes of TensorFlow's batch norm by given statistics. */
  readonly given: Readonly<Record<string, Attribute>>;
}

/**
 * Batch norm in training by the statistics of all replicas' rows, where each replica is a process: its parts
 * are TensorFlow's ops, and the statistics of the replicas are gathered in between. Each has as many rows.
 *
 *     mean = mean of the means          variance = mean of the variances + variance of the means
 *     dx   = gamma / deviation * (dy - mean(dBeta) / M - normal * mean(dGamma) / M)      M: rows of one
 *
 * Parameters and results are those of `batchNormTraining`, of images.
 */
export function batchNormOverProcesses(
  image: tf.Tensor4D,
  { gamma, beta, mean, variance }: BatchNormState,
  replicas: StepReplicas,
  { momentum, epsilon, given }: BatchNormOverProcesses,
): readonly tf.Tensor[] {
  const [, , , channels] = image.shape;
  const count = image.size / channels;
  const seen = count * replicas.size;
  return differentiable({
    inputs: { x: image, gamma, beta },
    forward: (save) => {
      const own = tf.moments(image, [0, 1, 2]);
      const all = replicas.gather(tf.stack([tf.stack([own.mean, own.variance])])); // [replicas, 2, C]
      const [means, variances] = tf.unstack(all, 1) as [tf.Tensor2D, tf.Tensor2D];
      const between = tf.moments(means, 0);
      const [joint, jointVariance] = [between.mean, tf.add(tf.mean(variances, 0), between.variance)];
      const [y, , , , , reserved] = rawOp(
        "FusedBatchNormV3",
        given,
        [image, gamma, beta, joint, jointVariance],
        6,
      );
      save([image, gamma, joint, jointVariance, reserved!]);
      const moved = (old: tf.Tensor, now: tf.Tensor): tf.Tensor =>
        tf.add(tf.mul(old, 1 - momentum), tf.mul(now, momentum));
      const unbiased = tf.mul(jointVariance, seen / Math.max(seen - 1, 1));
      return [y!, moved(mean, joint), moved(variance, unbiased)];
    },
    gradients: ([dy], saved) => {
      const [x, gamma, joint, jointVariance] = saved as readonly [tf.Tensor, ...tf.Tensor1D[]];
      const [dx, dGamma, dBeta] = rawOp("FusedBatchNormGradV3", given, [dy!, ...saved], 5);
      const inverse = tf.rsqrt(tf.add(jointVariance!, epsilon));
      const scale = tf.div(tf.mul(gamma!, inverse), count);
      // What x and a constant take away: the parts of the gradient that go through the statistics.
      const ofX = tf.mul(tf.mul(scale, inverse), replicas.mean(dGamma!));
      const constant = tf.sub(tf.mul(scale, replicas.mean(dBeta!)), tf.mul(ofX, joint!));
      return {
        x: () => tf.sub(dx!, tf.add(tf.mul(x, ofX), constant)),
        gamma: () => dGamma!,
        beta: () => dBeta!,
      };
    },
  });
}
