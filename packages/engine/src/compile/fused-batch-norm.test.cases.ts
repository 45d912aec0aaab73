import * as tf from "@tensorflow/tfjs";

import { batchNormTraining } from "../ops/batch-norm.ts";
import { relu } from "../ops/relu.ts";
import { fill, relativeError } from "../testing/index.ts";
import type { Step } from "./compiled-step.ts";
import type { HostTensor } from "./data-types.ts";
import type { EngineMode } from "./mode.ts";
import { createProgram } from "./program.ts";

export interface BatchNormCase {
  readonly what: string;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * Channels that fill a vector, and do not; rows in one block or several, a last one that is short, and one
 * row alone.
 */
export const batchNormCases: readonly BatchNormCase[] = [
  { what: "one channel", images: 3, height: 7, width: 5, channels: 1 },
  { what: "three channels, several blocks", images: 2, height: 83, width: 97, channels: 3 },
  { what: "16 channels", images: 2, height: 37, width: 41, channels: 16 },
  { what: "64 channels, several blocks", images: 5, height: 15, width: 14, channels: 64 },
  { what: "channels that are no multiple of a vector", images: 2, height: 9, width: 11, channels: 45 },
  { what: "2048 channels", images: 3, height: 7, width: 7, channels: 2048 },
  { what: "one pixel", images: 1, height: 1, width: 1, channels: 64 },
];

/** What follows a batch norm; "both" is a shortcut and relu, and a result that is used twice. */
export type Following = "nothing" | "relu" | "both";
export const following: readonly Following[] = ["nothing", "relu", "both"];

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

export type Computed = Readonly<Record<string, Float32Array>>;

/** As in a residual network: `relu(batch norm(x) + s)`, or less of it, and all its gradients. */
export const batchNormStep =
  (after: Following): Step =>
  ({ x, gamma, beta, mean, variance, s, dy, more }) => {
    const network = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, s: tf.Tensor) => {
      const state = { gamma, beta, mean, variance } as unknown as Parameters<typeof batchNormTraining>[1];
      const made = batchNormTraining(x as tf.Tensor4D, state, { momentum: MOMENTUM, epsilon: EPSILON });
      if (after === "nothing") return made;
      return { ...made, y: relu(after === "relu" ? made.y : tf.add(made.y, s)) };
    };
    const loss = (...inputs: tf.Tensor[]) => {
      const [a, b, c, d] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const { y } = network(a, b, c, d);
      const once = tf.sum(tf.mul(y, dy!));
      const whole = after === "both" ? tf.add(once, tf.sum(tf.mul(y, more!))) : once;
      // A shortcut that nothing reads would have no gradient.
      return after === "both" ? whole : tf.add(whole, tf.sum(tf.mul(d, 0)));
    };
    const { y, mean: newMean, variance: newVariance } = network(x!, gamma!, beta!, s!);
    const [dx, dgamma, dbeta, ds] = tf.grads(loss)([x!, gamma!, beta!, s!]);
    return { y, newMean, newVariance, dx: dx!, dgamma: dgamma!, dbeta: dbeta!, ds: ds! };
  };

export function batchNormInputs(size: BatchNormCase, offset = 0): Readonly<Record<string, HostTensor>> {
  const { images, height, width, channels } = size;
  const tensor = (name: string, shape: readonly number[], shift: number): HostTensor => {
    const count = shape.reduce((a, b) => a * b);
    return { values: fill(name, count, 1).map((value) => value + shift), shape };
  };
  const all = [images, height, width, channels];
  const x = tensor("x", all, 0.3 + offset);
  // Something of x in it: gamma's gradient is then no sum in which nearly everything cancels.
  const dy = tensor("dy", all, 0).values.map((value, i) => value + (x.values[i]! - offset) / 2);
  return {
    x,
    s: tensor("s", all, 0),
    dy: { values: dy, shape: all },
    more: tensor("more", all, 0),
    gamma: tensor("gamma", [channels], 1.5),
    beta: tensor("beta", [channels], 0),
    mean: tensor("mean", [channels], 0),
    variance: tensor("variance", [channels], 1.5),
  };
}

/** What the step computes, in a program of its own. */
export async function computeBatchNorm(
  mode: EngineMode,
  after: Following,
  inputs: Readonly<Record<string, HostTensor>>,
): Promise<Computed> {
  const program = createProgram({ state: {}, mode });
  const results = await program.compile("batch norm", batchNormStep(after)).run(inputs);
  await program.dispose();
  return Object.fromEntries(
    Object.entries(results).map(([name, { values }]) => [name, values as Float32Array]),
  );
}

/** The same by the equations, in float64. */
export function batchNormByDefinition(
  after: Following,
  inputs: Readonly<Record<string, { readonly values: ArrayLike<number> }>>,
): Readonly<Record<string, Float64Array>> {
  const given = (name: string) => inputs[name]!.values;
  const [x, s, dy, more] = ["x", "s", "dy", "more"].map(given) as [Numbers, Numbers, Numbers, Numbers];
  const channels = given("gamma").length;
  const rows = x.length / channels;
  const made = Object.fromEntries(
    ["y", "dx", "ds"]
      .map((name) => [name, new Float64Array(x.length)] as const)
      .concat(
        ["newMean", "newVariance", "dgamma", "dbeta"].map(
          (name) => [name, new Float64Array(channels)] as const,
        ),
      ),
  );
  for (let c = 0; c < channels; c++) {
    const places = Array.from({ length: rows }, (_, row) => row * channels + c);
    const average = (value: (place: number) => number) =>
      places.reduce((sum, place) => sum + value(place), 0) / rows;
    const [gamma, beta] = [given("gamma")[c]!, given("beta")[c]!];
    const mean = average((at) => x[at]!);
    const variance = average((at) => (x[at]! - mean) ** 2);
    const deviation = Math.sqrt(variance + EPSILON);
    const standard = (at: number) => (x[at]! - mean) / deviation;
    const before = (at: number) => gamma * standard(at) + beta + (after === "both" ? s[at]! : 0);
    const incoming = (at: number) => {
      const gradient = dy[at]! + (after === "both" ? more[at]! : 0);
      return after === "nothing" || before(at) > 0 ? gradient : 0;
    };
    const meanGradient = average(incoming);
    const meanProduct = average((at) => incoming(at) * standard(at));
    for (const at of places) {
      made["y"]![at] = after === "nothing" ? before(at) : Math.max(before(at), 0);
      made["dx"]![at] = (gamma / deviation) * (incoming(at) - meanGradient - standard(at) * meanProduct);
      made["ds"]![at] = after === "both" ? incoming(at) : 0;
    }
    made["dgamma"]![c] = meanProduct * rows;
    made["dbeta"]![c] = meanGradient * rows;
    const unbiased = rows > 1 ? (variance * rows) / (rows - 1) : variance;
    made["newMean"]![c] = (1 - MOMENTUM) * given("mean")[c]! + MOMENTUM * mean;
    made["newVariance"]![c] = (1 - MOMENTUM) * given("variance")[c]! + MOMENTUM * unbiased;
  }
  return made;
}

type Numbers = ArrayLike<number>;

/** Throws unless both have the same names and their values agree. */
export function requireClose(
  got: Computed,
  want: Readonly<Record<string, ArrayLike<number>>>,
  tolerance: number,
): void {
  const names = [...new Set([...Object.keys(got), ...Object.keys(want)])];
  const errors = names.map((name) => relativeError(got[name] ?? [], want[name] ?? [], 1e-3));
  const wrong = names.flatMap((name, i) => (errors[i]! <= tolerance ? [] : [`${name}: ${errors[i]}`]));
  if (wrong.length > 0) throw new Error(`relative errors above ${tolerance}: ${wrong.join(", ")}`);
}
