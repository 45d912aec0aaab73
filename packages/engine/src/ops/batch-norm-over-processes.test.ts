import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { assertClose, fill } from "../testing/index.ts";
import { batchNormTraining } from "./batch-norm.ts";
import { batchNormOverProcesses } from "./batch-norm-over-processes.ts";
import { attribute } from "./raw-op.ts";
import type { StepReplicas } from "./replicas.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const [CHANNELS, MOMENTUM, EPSILON] = [3, 0.1, 1e-5];
const given = {
  T: attribute.type("float32"),
  U: attribute.type("float32"),
  epsilon: attribute.float(EPSILON),
  data_format: attribute.text("NHWC"),
  is_training: attribute.bool(false),
};
const state = () => ({
  gamma: tf.tensor1d([1, 0.5, -2]),
  beta: tf.tensor1d([0, 1, 0.3]),
  mean: tf.tensor1d([0.1, 0.2, 0.3]),
  variance: tf.tensor1d([1, 2, 3]),
});

/** So many replicas that all have the same rows: what one gathers are copies of its own. */
const alike = (size: number): StepReplicas => ({
  size,
  gather: <T extends tf.Tensor>(rows: T) => tf.concat<T>(Array.from({ length: size }, () => rows)),
  ownRows: (count) => tf.range(0, count, 1, "int32"),
  own: (rows) => rows,
  mean: (x) => x,
});

it.each([1, 2, 3])("is batch norm of the rows of all: %i replicas", (size) => {
  const own = tf.tensor4d(fill("x", 4 * 2 * 2 * CHANNELS, 3), [4, 2, 2, CHANNELS]);
  const weight = tf.tensor4d(fill("w", own.size, 1), own.shape);
  const all = <T extends tf.Tensor>(rows: T) => tf.concat<T>(Array.from({ length: size }, () => rows));

  /** Results and gradients of a loss that weighs each number of y. */
  const both = (rows: tf.Tensor4D, weights: tf.Tensor4D, of: (x: tf.Tensor4D) => readonly tf.Tensor[]) => {
    const { gamma, beta } = state();
    const loss = (x: tf.Tensor4D) => tf.sum(tf.mul(of(x)[0]!, weights)).asScalar();
    return { results: of(rows), dx: tf.grad((x) => loss(x as tf.Tensor4D))(rows), gamma, beta };
  };
  const shared = both(own, weight, (x) =>
    batchNormOverProcesses(x, state(), alike(size), { momentum: MOMENTUM, epsilon: EPSILON, given }),
  );
  const one = both(all(own), all(weight), (x) => {
    const { y, mean, variance } = batchNormTraining(x, state(), { momentum: MOMENTUM, epsilon: EPSILON });
    return [y, mean, variance];
  });
  const first = tf.slice(one.results[0]!, 0, 4);
  const pairs = [
    [shared.results[0]!, first],
    [shared.results[1]!, one.results[1]!],
    [shared.results[2]!, one.results[2]!],
    [shared.dx, tf.slice(one.dx, 0, 4)],
  ] as const;
  for (const [found, wanted] of pairs) assertClose(found.dataSync(), wanted.dataSync(), 1e-5);
});

it("has the gradients of gamma and beta of its own rows", () => {
  const x = tf.tensor4d(fill("x", 8 * CHANNELS, 3), [8, 1, 1, CHANNELS]);
  const weight = tf.tensor4d(fill("w", x.size, 1), x.shape);
  const gradients = (of: (gamma: tf.Tensor1D, beta: tf.Tensor1D) => tf.Tensor) =>
    tf.grads((gamma, beta) =>
      tf.sum(tf.mul(of(gamma as tf.Tensor1D, beta as tf.Tensor1D), weight)).asScalar(),
    )([state().gamma, state().beta]);
  const options = { momentum: MOMENTUM, epsilon: EPSILON };
  const shared = gradients(
    (gamma, beta) =>
      batchNormOverProcesses(x, { ...state(), gamma, beta }, alike(1), { ...options, given })[0]!,
  );
  const one = gradients((gamma, beta) => batchNormTraining(x, { ...state(), gamma, beta }, options).y);
  shared.forEach((each, i) => assertClose(each.dataSync(), one[i]!.dataSync(), 1e-5));
  expect(shared).toHaveLength(2);
});
