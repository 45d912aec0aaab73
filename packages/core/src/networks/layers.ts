import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import type { Replicas } from "../state/replicas.ts";
import type { Initial, Scope } from "../state/scope.ts";

/** How a forward pass treats batch norm. */
export interface Mode {
  /**
   * True: normalize by the batch and move the running statistics. False: normalize by the running statistics.
   */
  readonly training: boolean;
  /**
   * In training, the number of equal parts of the batch that are normalized apart from each other, in their
   * order: what as many GPUs would see. 1 is ordinary batch norm. The batch is that of all replicas: each has
   * its share of the groups, and the statistics of one group are those of all their rows.
   */
  readonly batchNormGroups: number;
  /** True where the same is computed once more for its gradient: running statistics have moved already. */
  readonly again?: boolean;
}

export type Layer<In extends tf.Tensor, Out extends tf.Tensor> = (x: In, mode: Mode) => Out;

export interface ConvolutionShape {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly stride?: number;
  /** Groups of channels that do not mix; `from` and `to` are multiples of it. Default 1. */
  readonly groups?: number;
}

/**
 * A square convolution without bias, padded by half its size, as all of ResNet's.
 *
 * Filters start from a normal distribution with deviation sqrt(2 / (to size²)): He et al. 2015,
 * https://arxiv.org/abs/1502.01852, eq. 14 ("fan-out"), as in torchvision. Kept as
 * `[size, size, from / groups, to]`.
 */
export function convolution(
  scope: Scope,
  name: string,
  { from, to, size, stride = 1, groups = 1 }: ConvolutionShape,
): Layer<tf.Tensor4D, tf.Tensor4D> {
  const filter = scope
    .child(name)
    .parameter(
      "weight",
      [size, size, from / groups, to],
      { kind: "normal", deviation: Math.sqrt(2 / (to * size * size)) },
      "weight",
    );
  const padding = (size - 1) / 2;
  return (x) => engine.conv2d(x, filter as unknown as tf.Tensor4D, { stride, padding });
}

/**
 * PyTorch's defaults: the share of the new statistics in the running ones, and the term that keeps the
 * division finite.
 */
const MOMENTUM = 0.1;
const EPSILON = 1e-5;

/**
 * Batch norm over all axes but the last. weight starts at 1, bias at 0, running mean at 0 and variance at 1.
 *
 * @param shift false: without the bias, as at the end of SimCLR's head.
 */
export function batchNorm<X extends tf.Tensor2D | tf.Tensor4D>(
  scope: Scope,
  name: string,
  channels: number,
  { shift = true }: { readonly shift?: boolean } = {},
): Layer<X, X> {
  const own = scope.child(name);
  const { replicas } = scope;
  const vector = (variable: tf.Variable) => variable as unknown as tf.Tensor1D;
  const gamma = vector(own.parameter("weight", [channels], { kind: "constant", value: 1 }, "vector"));
  const beta = shift
    ? vector(own.parameter("bias", [channels], { kind: "constant", value: 0 }, "vector"))
    : undefined;
  const mean = own.buffer("running_mean", [channels], { kind: "constant", value: 0 });
  const variance = own.buffer("running_var", [channels], { kind: "constant", value: 1 });

  return (x, { training, batchNormGroups, again = false }) => {
    const state = {
      gamma,
      beta: beta ?? tf.zeros<tf.Rank.R1>([channels]),
      mean: vector(mean),
      variance: vector(variance),
    };
    if (!training) return engine.batchNormInference(x, state, { epsilon: EPSILON });
    const overReplicas = replicas.size > 1 && batchNormGroups === 1;
    const groups = overReplicas ? 1 : batchNormGroups / replicas.size;
    const parts = groups === 1 ? [x] : tf.split<X>(x, groups);
    const results = parts.map((part) =>
      engine.batchNormTraining(part, state, { momentum: MOMENTUM, epsilon: EPSILON, overReplicas }),
    );
    if (!again) {
      const ofAll = (statistics: readonly tf.Tensor1D[]): tf.Tensor1D =>
        overReplicas ? average(statistics) : meanOfReplicas(average(statistics), replicas);
      mean.assign(ofAll(results.map((result) => result.mean)));
      variance.assign(ofAll(results.map((result) => result.variance)));
    }
    return results.length === 1 ? results[0]!.y : tf.concat<X>(results.map((result) => result.y));
  };
}

/** The mean of the groups' running statistics, outside the gradient: nothing learns through them. */
function average(values: readonly tf.Tensor1D[]): tf.Tensor1D {
  if (values.length === 1) return values[0]!;
  // A reduction has one order; AddN's depends on which of its inputs' buffers are free. See `sumInOrder`.
  return engine.withoutGradient(() => tf.div(tf.sum(tf.stack([...values]), 0), values.length));
}

const meanOfReplicas = (statistic: tf.Tensor1D, replicas: Replicas): tf.Tensor1D =>
  replicas.size === 1 ? statistic : engine.withoutGradient(() => replicas.mean(statistic));

/**
 * Layer norm of images of features: each by its own mean and variance over height, width and channels, in
 * both modes. weight starts at 1, bias at 0; one of each for a channel, as PyTorch's
 * `GroupNorm(1, channels)`.
 */
export function layerNorm(scope: Scope, name: string, channels: number): Layer<tf.Tensor4D, tf.Tensor4D> {
  const own = scope.child(name);
  const vector = (of: string, value: number) =>
    own.parameter(of, [channels], { kind: "constant", value }, "vector") as unknown as tf.Tensor1D;
  const [gamma, beta] = [vector("weight", 1), vector("bias", 0)];
  return (x) => engine.layerNorm(x, { gamma, beta }, { epsilon: EPSILON });
}

/**
 * Layer norm over the last axis: of each token of a Transformer, of each pixel. weight starts at 1, bias at
 * 0.
 *
 * @param epsilon keeps the division finite.
 */
export function channelNorm<X extends tf.Tensor>(
  scope: Scope,
  name: string,
  channels: number,
  epsilon: number,
): Layer<X, X> {
  const own = scope.child(name);
  const vector = (of: string, value: number) =>
    own.parameter(of, [channels], { kind: "constant", value }, "vector") as unknown as tf.Tensor1D;
  const [gamma, beta] = [vector("weight", 1), vector("bias", 0)];
  return (x) => engine.layerNorm(x, { gamma, beta }, { epsilon, axes: [-1] });
}

export interface DenseShape {
  readonly from: number;
  readonly to: number;
  /** Default true. */
  readonly bias?: boolean;
  /**
   * How W starts; b is then 0. Default: both uniform in ±1 / sqrt(from), PyTorch's default for `nn.Linear`.
   */
  readonly initial?: Initial;
}

/** y = x W + b, with W kept as `[from, to]`. */
export function dense(
  scope: Scope,
  name: string,
  { from, to, bias = true, initial }: DenseShape,
): Layer<tf.Tensor2D, tf.Tensor2D> {
  const own = scope.child(name);
  const uniform: Initial = { kind: "uniform", bound: 1 / Math.sqrt(from) };
  const weight = own.parameter("weight", [from, to], initial ?? uniform, "weight") as unknown as tf.Tensor2D;
  const first = initial === undefined ? uniform : ({ kind: "constant", value: 0 } as const);
  const offset = bias ? own.parameter("bias", [to], first, "vector") : undefined;
  return (x) => {
    const product: tf.Tensor2D = tf.matMul(x, weight);
    return offset === undefined ? product : tf.add<tf.Tensor2D>(product, offset);
  };
}
