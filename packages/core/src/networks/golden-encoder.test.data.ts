import { createHash } from "node:crypto";

import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";

import type { Scope } from "../state/scope.ts";
import { createStateStore, type StateStore } from "../state/store.ts";
import { blankScope } from "../testing/blank-scope.ts";
import {
  assertClose,
  assertProbe,
  type Generated,
  generated,
  type Probe,
  setGoldenWeights,
} from "../testing/index.ts";
import type { Encoder } from "./encoder.ts";
import { worldOfOne } from "../state/replicas.ts";
import { torchShape } from "./weights/torch-array.ts";

/** What packages/core/fixtures/encoder_case.py says of an encoder. */
export interface GoldenEncoder {
  readonly name: string;
  readonly images: Generated;
  readonly direction: Generated;
  readonly featureSize: number;
  readonly parameters: number;
  readonly training: { readonly features: number[][] };
  readonly gradients: Readonly<Record<string, Probe & { readonly shape: number[] }>>;
  readonly gradientFloor: number;
}

/** Relative to a tensor's length; of one element see `assertProbe`. */
export const TOLERANCE = 1e-4;

/** Throws unless an encoder has the parameters, features and gradients of the original's. */
export function expectGolden(golden: GoldenEncoder, build: (scope: Scope) => Encoder): void {
  const store = createStateStore();
  const encoder = build(blankScope(store));
  setGoldenWeights(store, "");
  expectTrained(golden, store, encoder);
  expectTraining(golden, store, encoder);
  store.dispose();
}

/** Throws unless an encoder has the original's trained parameters, by name, order and shape. */
export function expectTrained(golden: GoldenEncoder, store: StateStore, encoder: Encoder): void {
  const trained = store.trained();
  expect(trained.map(({ name }) => name)).toEqual(Object.keys(golden.gradients));
  expect(trained.map(({ variable }) => variable.shape)).toEqual(
    Object.values(golden.gradients).map(({ shape }) => shape),
  );
  expect(trained.reduce((sum, { variable }) => sum + variable.size, 0)).toBe(golden.parameters);
  expect(encoder.featureDim).toBe(golden.featureSize);
}

/**
 * Throws unless an encoder with the golden weights has the original's features and gradients in training.
 *
 * @param tolerance of gradients; see `assertProbe`.
 */
export function expectTraining(
  golden: GoldenEncoder,
  store: StateStore,
  encoder: Encoder,
  tolerance = TOLERANCE,
): void {
  const images = generated(golden.images) as tf.Tensor4D;
  const direction = generated(golden.direction);
  let features = tf.tensor2d([], [0, 0]);
  const { grads } = tf.variableGrads(
    () => {
      features = tf.keep(encoder.forward(images, { training: true, batchNormGroups: 1 }));
      return tf.sum(tf.mul(features, direction)).asScalar();
    },
    store.trained().map(({ variable }) => variable),
  );
  expectFeatures(features, golden.training.features);
  for (const { name, variable } of store.trained()) {
    const floor = golden.gradientFloor;
    assertProbe(grads[variable.name]!, golden.gradients[name]!, tolerance, { what: name, floor });
  }
}

/** Throws unless features are the original's, of which the first of each row are kept. */
export function expectFeatures(features: tf.Tensor2D, want: readonly number[][]): void {
  assertClose(tf.slice(features, [0, 0], [-1, want[0]!.length]), want.flat(), TOLERANCE, "features");
}

/** The parameters of an encoder of the original, in a few bytes. */
export interface GoldenParameters {
  readonly name: string;
  readonly count: number;
  /** SHA-256 of the lines "name [shape]", in PyTorch's order of axes. */
  readonly digest: string;
}

/** Throws unless an encoder makes these parameters, in this order. Their values take no memory. */
export function expectParameters(golden: GoldenParameters, build: (scope: Scope) => Encoder): void {
  const lines: string[] = [];
  let count = 0;
  const scope = (prefix: string): Scope => ({
    replicas: worldOfOne,
    child: (name) => scope(`${prefix}${name}.`),
    parameter(name, shape) {
      lines.push(`${prefix}${name} [${torchShape(name, shape).join(", ")}]`);
      count += shape.reduce((product, side) => product * side, 1);
      return tf.variable(tf.scalar(0));
    },
    buffer: () => tf.variable(tf.scalar(0)),
    seed: () => 0,
  });
  build(scope(""));
  expect(count).toBe(golden.count);
  expect(createHash("sha256").update(lines.join("\n")).digest("hex")).toBe(golden.digest);
}
