import { randomStream } from "@tssl/augment-zoo";
import { expect, test } from "vitest";

import { featureMap } from "./feature-map.ts";

const GROUPS = 3;
const PER_GROUP = 30;
const DIM = 8;

/** Vectors of length 1 around three axes. */
const draw = randomStream(7);
const values = Float32Array.from(
  Array.from({ length: GROUPS * PER_GROUP }, (_, i) => {
    const row = Array.from({ length: DIM }, (_, j) => (j === i % GROUPS ? 1 : 0) + 0.2 * draw.normal());
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  }).flat(),
);
const features = { count: GROUPS * PER_GROUP, dim: DIM, values };

test("images of one group lie together on the map", () => {
  const positions = featureMap(features, 1)!;
  const at = (i: number) => [positions[2 * i]!, positions[2 * i + 1]!] as const;
  const away = (i: number, j: number) => Math.hypot(at(i)[0] - at(j)[0], at(i)[1] - at(j)[1]);
  const all = Array.from({ length: features.count }, (_, i) => i);
  const right = all.filter((i) => {
    const nearest = all.filter((j) => j !== i).reduce((a, b) => (away(i, b) < away(i, a) ? b : a));
    return nearest % GROUPS === i % GROUPS;
  });
  expect(right.length).toBeGreaterThan(0.95 * features.count);
});

test("one seed gives one map, from 0 to 1000 along its wider side", () => {
  const positions = featureMap(features, 1)!;
  expect(featureMap(features, 1)).toEqual(positions);
  expect(featureMap(features, 2)).not.toEqual(positions);
  const sides = [0, 1].map((axis) => positions.filter((_, i) => i % 2 === axis));
  const ranges = sides.map((side) => [Math.min(...side), Math.max(...side)]);
  expect(ranges).toContainEqual([0, 1000]);
  ranges.forEach(([low, high]) => expect(Math.abs((low! + high!) / 2 - 500)).toBeLessThan(1));
});

test("a few vectors make no map", () => {
  expect(featureMap({ count: 15, dim: DIM, values: values.subarray(0, 15 * DIM) }, 1)).toBeUndefined();
});
