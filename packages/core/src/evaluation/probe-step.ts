import * as tf from "@tensorflow/tfjs";

import type { StateStore } from "../state/store.ts";

/** What a step of several probes side by side is made of. */
export interface ProbeShape {
  readonly dim: number;
  readonly classes: number;
  /** How many probes there are, each with its own learning rate. */
  readonly rates: number;
  /** Of weight and bias. */
  readonly weightDecay: number;
  readonly nesterov: boolean;
  readonly batchNorm: boolean;
  /**
   * Channels of the batch norm, which divide `dim`: features are a channel's value at one place after another,
   * and all places share its statistics, scale and shift. `dim` of them for features of one place.
   */
  readonly channels: number;
}

/** A parameter of all probes and its momentum. */
interface Trained {
  readonly variable: tf.Variable;
  readonly velocity: tf.Variable;
}

/** The parameters of all probes, and the statistics of their batch norm, which are the same for all. */
export interface ProbeState {
  /** `[D, rates, classes]` */
  readonly weight: Trained;
  /** `[rates, classes]` */
  readonly bias: Trained;
  readonly norm?: {
    /** `[C, rates]` */
    readonly scale: Trained;
    readonly shift: Trained;
    /** `[C]` */
    readonly mean: tf.Variable;
    readonly variance: tf.Variable;
  };
}

const MOMENTUM = 0.9;

/** PyTorch's BatchNorm: what is added to a variance, and the share of a batch in the running statistics. */
export const EPSILON = 1e-5;
const NEW_SHARE = 0.1;

/** Makes the state of probes that all start at these values, `[D, classes]` and `[classes]`. */
export function probeState(
  store: StateStore,
  { dim, classes, rates, batchNorm, channels }: ProbeShape,
  first: { readonly weight: Float32Array; readonly bias: Float32Array },
): ProbeState {
  const buffer = (name: string, value: tf.Tensor) =>
    store.add(name, value, { role: "buffer", trained: false });
  const trained = (name: string, role: "weight" | "vector", value: tf.Tensor): Trained => ({
    variable: store.add(name, value, { role, trained: true }),
    velocity: buffer(`${name}.velocity`, tf.zeros(value.shape)),
  });
  const tiled = (values: Float32Array, shape: number[], times: number[]) =>
    tf.tidy(() => tf.tile(tf.tensor(values, shape), times));
  return {
    weight: trained("weight", "weight", tiled(first.weight, [dim, 1, classes], [1, rates, 1])),
    bias: trained("bias", "vector", tiled(first.bias, [1, classes], [rates, 1])),
    ...(batchNorm
      ? {
          norm: {
            scale: trained("norm.scale", "vector", tf.ones([channels, rates])),
            shift: trained("norm.shift", "vector", tf.zeros([channels, rates])),
            mean: buffer("norm.mean", tf.zeros([channels])),
            variance: buffer("norm.variance", tf.ones([channels])),
          },
        }
      : {}),
  };
}

/**
 * One step of all probes on a batch: softmax cross-entropy, and SGD with momentum 0.9 as PyTorch has it.
 *
 * With a batch norm, `scale (x - mean) / √(variance + 1e-5) + shift` goes into the linear layer. Scale and
 * shift are not decayed.
 *
 * @param batch features `[B, D]`, labels `[B]` int32 and the rates of now, `[rates]`.
 * @returns the mean cross-entropy of each probe before the step, `[rates]`, in nats.
 */
export function probeStep(
  { weight, bias, norm }: ProbeState,
  shape: ProbeShape,
  batch: { readonly features: tf.Tensor2D; readonly labels: tf.Tensor1D; readonly rates: tf.Tensor1D },
): tf.Tensor1D {
  const { dim, classes, rates, channels } = shape;
  const places = dim / channels;
  const count = batch.features.shape[0];
  const x = norm === undefined ? batch.features : normalized(batch.features, norm, channels);

  // Scale and shift go into the layer: W' = scale W, and b' = b + Σ shift W.
  const everywhere = (each: tf.Tensor) => tf.expandDims(tf.tile(each, [places, 1]), 2); // [D, rates, 1]
  const scale = norm && everywhere(norm.scale.variable);
  const shift = norm && everywhere(norm.shift.variable);
  const ownWeight = scale === undefined ? weight.variable : tf.mul(weight.variable, scale);
  const ownBias =
    shift === undefined ? bias.variable : tf.add(bias.variable, tf.sum(tf.mul(weight.variable, shift), 0));

  const products = tf.matMul(x, tf.reshape<tf.Rank.R2>(ownWeight, [dim, rates * classes]));
  const logits = tf.add(tf.reshape(products, [count, rates, classes]), ownBias);
  const targets = tf.expandDims(tf.oneHot(batch.labels, classes), 1); // [B, 1, classes]
  const losses = tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 2), 0)); // [rates]
  const perLogit = tf.div(tf.sub(tf.softmax(logits), targets), count);
  const flat = tf.reshape<tf.Rank.R2>(perLogit, [count, rates * classes]);
  const toWeight = tf.reshape(tf.matMul(x, flat, true), [dim, rates, classes]);
  const toBias = tf.sum(perLogit, 0); // [rates, classes]

  const row = batch.rates; // [rates]
  const column = tf.reshape(row, [rates, 1]);
  if (norm === undefined) {
    move(weight, toWeight, column, shape);
  } else {
    const across = tf.expandDims(toBias, 0);
    /** `[D, rates, classes]` to `[C, rates]` */
    const ofChannels = (each: tf.Tensor) => tf.sum(tf.reshape(tf.sum(each, 2), [places, channels, rates]), 0);
    const toScale = ofChannels(tf.mul(weight.variable, toWeight));
    const toShift = ofChannels(tf.mul(weight.variable, across));
    move(weight, tf.add(tf.mul(toWeight, scale!), tf.mul(across, shift!)), column, shape);
    move(norm.scale, toScale, row, { ...shape, weightDecay: 0 });
    move(norm.shift, toShift, row, { ...shape, weightDecay: 0 });
  }
  move(bias, toBias, column, shape);
  return losses as tf.Tensor1D;
}

/** The batch by its own mean and variance, which become part of the running ones. */
function normalized(
  features: tf.Tensor2D,
  { mean, variance }: Pick<NonNullable<ProbeState["norm"]>, "mean" | "variance">,
  channels: number,
): tf.Tensor2D {
  const rows = tf.reshape(features, [features.size / channels, channels]);
  const count = rows.shape[0];
  const own = tf.mean(rows, 0);
  const centred = tf.sub(rows, own);
  const ownVariance = tf.mean(tf.square(centred), 0);
  // Unbiased, as PyTorch keeps it; it refuses a batch of one image, here its variance is 0.
  const unbiased = tf.mul(ownVariance, count / Math.max(1, count - 1));
  mean.assign(tf.add(tf.mul(mean, 1 - NEW_SHARE), tf.mul(own, NEW_SHARE)));
  variance.assign(tf.add(tf.mul(variance, 1 - NEW_SHARE), tf.mul(unbiased, NEW_SHARE)));
  return tf.reshape(tf.div(centred, tf.sqrt(tf.add(ownVariance, EPSILON))), features.shape);
}

/** torch.optim.SGD with momentum: v = 0.9 v + g, and with Nesterov's form g + 0.9 v is what is taken. */
function move(
  { variable, velocity }: Trained,
  gradient: tf.Tensor,
  rates: tf.Tensor,
  { weightDecay, nesterov }: Pick<ProbeShape, "weightDecay" | "nesterov">,
): void {
  const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(variable, weightDecay));
  const moved = tf.add(tf.mul(velocity, MOMENTUM), decayed);
  const direction = nesterov ? tf.add(decayed, tf.mul(moved, MOMENTUM)) : moved;
  velocity.assign(moved);
  variable.assign(tf.sub(variable, tf.mul(direction, rates)));
}
