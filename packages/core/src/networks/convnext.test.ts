import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { viewTooSmall } from "../messages/options.ts";
import { createScope } from "../state/scope.ts";
import { createStateStore } from "../state/store.ts";
import { numbersOf, readGolden } from "../testing/index.ts";
import { convnext, convnextTiny } from "./convnext.ts";
import {
  expectGolden,
  expectParameters,
  type GoldenEncoder,
  type GoldenParameters,
} from "./golden-encoder.test.data.ts";

const golden = readGolden<{ cases: GoldenEncoder[]; parameters: GoldenParameters }>(
  new URL("../../fixtures/convnext.json", import.meta.url),
);
const small = convnext("small", { depths: [1, 1, 2, 1], dims: [8, 16, 24, 32] });
const images = { imageSize: 32, channels: 3 };

beforeAll(() => startEngine({ device: "cpu" }));

it.each(golden.cases)("a ConvNeXt has timm's features and gradients: $name", (example) => {
  expectGolden(example, (scope) => small.build(scope, {}, images));
});

it("has the parameters of timm's convnext_tiny", () => {
  expectParameters(golden.parameters, (scope) => convnextTiny.build(scope, {}, images));
});

it("refuses images of which nothing is left at its end", () => {
  const store = createStateStore();
  const encoder = small.build(createScope(store, 0, "", true), {}, images);
  const see = (height: number, width: number) =>
    encoder.forward(tf.zeros([1, height, width, 3]), { training: true, batchNormGroups: 1 });
  expect(see(32, 40).shape).toEqual([1, 32]);
  expect(() => see(40, 31)).toThrow(viewTooSmall("small", [40, 31], 32).message);
  store.dispose();
});

it("starts as timm's does, and decays filters and dense layers alone", () => {
  const store = createStateStore();
  small.build(createScope(store, 3, "", true), {}, images);
  const values = (name: string) => Array.from(numbersOf(store.get(name).variable));
  const squares = values("stages.3.blocks.0.mlp.fc1.weight").map((value) => value ** 2);
  expect(Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length)).toBeCloseTo(0.02, 2);
  expect(new Set(values("stages.0.blocks.0.gamma"))).toEqual(new Set([Math.fround(1e-6)]));
  expect(new Set(values("stem.0.bias"))).toEqual(new Set([0]));
  const weights = store.entries().filter(({ role }) => role === "weight");
  expect(weights.every(({ variable }) => variable.rank > 1)).toBe(true);
  expect(weights).toHaveLength(1 + 3 + 5 * 3);
  store.dispose();
});
