import { startEngine } from "@tssl/engine";
import { beforeAll, expect, it } from "vitest";

import { effectiveRank, heldOutAccuracy } from "./checkpoint-score.ts";

beforeAll(() => startEngine({ device: "cpu" }));

it("effectiveRank is the number of directions in which features vary", async () => {
  const line = { values: Float32Array.of(1, 2, 3, 3, 6, 9, -2, -4, -6), count: 3, dim: 3 };
  expect(await effectiveRank(line)).toBeCloseTo(1, 5);
  // Variances 4 and 1: (4 + 1)^2 / (4^2 + 1^2).
  const oval = { values: Float32Array.of(2, 0, -2, 0, 0, 1, 0, -1), count: 4, dim: 2 };
  expect(await effectiveRank(oval)).toBeCloseTo(25 / 17, 5);
});

it("heldOutAccuracy classifies a tenth of each class by the others", async () => {
  // Two classes on two axes; of each class 1 of 10 is held out.
  const labels = Int32Array.from({ length: 20 }, (_, i) => Math.floor(i / 10));
  const values = Float32Array.from({ length: 40 }, (_, i) => (labels[i >> 1] === i % 2 ? 1 : 0));
  const features = { values, count: 20, dim: 2 };
  const how = { k: 3, temperature: 0.1, seed: 0 };
  expect(await heldOutAccuracy(features, labels, 2, how)).toBe(1);
  const alike = { ...features, values: new Float32Array(40).fill(Math.SQRT1_2) };
  expect(await heldOutAccuracy(alike, labels, 2, how)).toBe(0.5);
  expect(await heldOutAccuracy({ ...features, count: 1 }, Int32Array.of(0), 2, how)).toBeUndefined();
});
