import * as tf from "@tensorflow/tfjs";

import type { HostTensors, Step } from "../compile/compiled-step.ts";

/** A training step that needs the kernels of training: convolution, batch norm, pooling, products, losses. */
export interface ProofStep {
  readonly state: Readonly<Record<string, tf.Variable>>;
  readonly step: Step;
  readonly inputs: HostTensors;
}

const [IMAGES, SIZE, CHANNELS, CLASSES] = [8, 8, 8, 4];
const LEARNING_RATE = 0.1;

/** Three layers and their gradients, with the same values each time. Variables are the caller's to dispose. */
export function proofStep(): ProofStep {
  const weights = (seed: number, ...shape: number[]): tf.Variable =>
    tf.variable(tf.tensor(waves(seed, shape, 0.5), shape));
  const state = {
    first: weights(1, 3, 3, 3, CHANNELS),
    scale: tf.variable(tf.ones([CHANNELS])),
    second: weights(2, 3, 3, CHANNELS, CHANNELS),
    last: weights(3, CHANNELS, CLASSES),
  };
  const loss = (x: tf.Tensor4D, labels: tf.Tensor): tf.Scalar => {
    const convolved = tf.conv2d(x, state.first as tf.Variable<tf.Rank.R4>, 1, "same");
    const { mean, variance } = tf.moments(convolved, [0, 1, 2]);
    const deviations = tf.div(tf.sub(convolved, mean), tf.sqrt(tf.add(variance, 1e-5)));
    const pooled = tf.maxPool(tf.relu(tf.mul<tf.Tensor4D>(deviations, state.scale)), 2, 2, "same");
    const features = tf.mean(tf.conv2d(pooled, state.second as tf.Variable<tf.Rank.R4>, 2, "same"), [1, 2]);
    const logits = tf.matMul(features, state.last);
    return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), -1)));
  };
  const optimizer = tf.train.sgd(LEARNING_RATE);
  return {
    state,
    step: ({ x, labels }) => ({ loss: optimizer.minimize(() => loss(x as tf.Tensor4D, labels!), true)! }),
    inputs: {
      x: { values: waves(4, [IMAGES, SIZE, SIZE, 3], 1), shape: [IMAGES, SIZE, SIZE, 3] },
      labels: { values: oneHot(), shape: [IMAGES, CLASSES] },
    },
  };
}

/** Numbers that look drawn, and are the same everywhere but for rounding. */
const waves = (seed: number, shape: readonly number[], amplitude: number): Float32Array =>
  Float32Array.from(
    { length: shape.reduce((product, n) => product * n, 1) },
    (_, i) => amplitude * Math.sin(seed + 12.9898 * i),
  );

const oneHot = (): Float32Array =>
  Float32Array.from({ length: IMAGES * CLASSES }, (_, i) =>
    Math.floor(i / CLASSES) % CLASSES === i % CLASSES ? 1 : 0,
  );
