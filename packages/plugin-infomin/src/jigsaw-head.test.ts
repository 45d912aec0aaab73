import type { Scope } from "@tssl/core";
import { assertClose, fill, numericGradient, tensorsLeft } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { jigsawHead } from "./jigsaw-head.ts";

const [IMAGES, PATCHES, FEATURES, DIM] = [2, 3, 4, 2];
const ORDERS = [
  [2, 0, 1],
  [0, 2, 1],
];

/** Every parameter from its own name. */
const scopeOf = (prefix = ""): Scope =>
  ({
    child: (name: string) => scopeOf(`${prefix}${name}.`),
    parameter: (name: string, shape: number[]) =>
      tf.variable(tf.tensor(valuesOf(prefix + name, shape), shape)),
  }) as unknown as Scope;

const valuesOf = (name: string, shape: readonly number[]) =>
  Array.from(fill(name, shape.reduce((product, length) => product * length, 1), 1)); // prettier-ignore

type Rows = number[][];

/** A dense layer in loops, with the weights of `scopeOf`. */
function layer(name: string, rows: Rows, to: number): Rows {
  const from = rows[0]!.length;
  const [weight, bias] = [valuesOf(`${name}.weight`, [from, to]), valuesOf(`${name}.bias`, [to])];
  return rows.map((row) =>
    bias.map((start, j) => row.reduce((sum, x, i) => sum + x * weight[i * to + j]!, start)),
  );
}

/**
 * Section 3.2 of arXiv:1912.01991 in loops: patches alone, next to each other in their order, one more layer.
 */
function byHand(features: ArrayLike<number>, head: "mlp" | "linear"): Rows {
  const rows = Array.from({ length: IMAGES * PATCHES }, (_, i) =>
    Array.from({ length: FEATURES }, (_, j) => features[i * FEATURES + j]!),
  );
  const hidden = () => layer("fc1.0", rows, FEATURES).map((row) => row.map((x) => Math.max(0, x)));
  const each = head === "mlp" ? layer("fc1.2", hidden(), DIM) : layer("fc1.0", rows, DIM);
  const together = ORDERS.map((order, image) => order.flatMap((patch) => each[image * PATCHES + patch]!));
  return layer("fc2", together, DIM).map((row) => row.map((x) => x / Math.hypot(...row)));
}

const features = () => Array.from(fill("features", IMAGES * PATCHES * FEATURES, 1));
const asTensor = (values: ArrayLike<number>) =>
  tf.tensor2d(Float32Array.from(values), [IMAGES * PATCHES, FEATURES]);
const made = (head: "mlp" | "linear") =>
  jigsawHead(scopeOf(), FEATURES, { patches: PATCHES, dim: DIM, head });
const ordersTensor = () => tf.tensor2d(ORDERS, undefined, "int32");

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(["mlp", "linear"] as const)("jigsawHead, %s", (head) => {
  it("is the paper's, in loops", () => {
    assertClose(made(head)(asTensor(features()), ordersTensor()), byHand(features(), head).flat(), 1e-5);
  });

  it("has its gradient in the features, each in the place where its patch stands", () => {
    const project = made(head);
    const first = (x: tf.Tensor) =>
      tf.sum(tf.slice(project(x as tf.Tensor2D, ordersTensor()), [0, 0], [IMAGES, 1]));
    const numeric = numericGradient(
      (x) => byHand(x, head).reduce((sum, [value]) => sum + value!, 0),
      features(),
      1e-6,
    );
    assertClose(tf.grad(first)(asTensor(features())), numeric, 1e-4);
  });
});

describe("jigsawHead", () => {
  it("tells orders apart, image by image", () => {
    const project = made("linear");
    const other = tf.tensor2d([[0, 1, 2], [0, 2, 1]], undefined, "int32"); // prettier-ignore
    const [want, got] = [ordersTensor(), other].map((orders) =>
      project(asTensor(features()), orders).arraySync(),
    );
    expect(got![0]).not.toEqual(want![0]);
    expect(got![1]).toEqual(want![1]);
  });

  it("leaves one tensor behind, its result", () => {
    const [project, x, orders] = [made("mlp"), asTensor(features()), ordersTensor()];
    expect(tensorsLeft(() => project(x, orders))).toBe(1);
  });
});
