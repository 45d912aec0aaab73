import { expect, it } from "vitest";

import { placeOn, scaleOf } from "./scale.ts";

it.each([
  { values: [0.213, 0.284], ticks: [0.2, 0.22, 0.24, 0.26, 0.28, 0.3] },
  { values: [-0.004, 0, 0.021], ticks: [-0.01, 0, 0.01, 0.02, 0.03] },
  { values: [0, 1], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
  { values: [99, 101], ticks: [99, 99.5, 100, 100.5, 101] },
  { values: [0.25], ticks: [0.23, 0.24, 0.25, 0.26, 0.27] },
  { values: [0], ticks: [-1, -0.5, 0, 0.5, 1] },
  { values: [12_000, 57_000], ticks: [10_000, 20_000, 30_000, 40_000, 50_000, 60_000] },
])("an axis of $values", ({ values, ticks }) => {
  const scale = scaleOf(values);
  expect(scale.ticks).toEqual(ticks);
  expect(scale.low).toBeLessThanOrEqual(Math.min(...values));
  expect(scale.high).toBeGreaterThanOrEqual(Math.max(...values));
  expect(scale.ticks.length).toBeLessThanOrEqual(6);
});

it("places values along it", () => {
  expect([-0.01, 0, 0.03].map((value) => placeOn({ low: -0.01, high: 0.03 }, value))).toEqual([0, 0.25, 1]);
});
