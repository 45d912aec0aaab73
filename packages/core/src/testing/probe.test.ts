import { expect, it } from "vitest";

import { assertProbe, probeDifference } from "./probe.ts";

/** Of [3, 0, 4]: length 5, elements 0, 1 and 2. */
const probe = { norm: 5, values: [3, 0, 4] };

it.each([
  { got: [3, 0, 4], floor: 0, difference: 0 },
  // The length is sqrt(9 + 16.81) = 5.0804; the last element is off by 0.1 of 4.
  { got: [3, 0, 4.1], floor: 0, difference: 0.1 / 4 },
  // A small element counts beside a typical one, 5 / sqrt(3); the length grows by 0.005 of 5 only.
  { got: [3, 0.1, 4], floor: 0, difference: (0.1 * Math.sqrt(3)) / 5 },
  // Everything is small beside the floor.
  { got: [3, 0, 4.1], floor: 500, difference: (0.1 * Math.sqrt(3)) / 500 },
  { got: [NaN, 0, 4], floor: 0, difference: Infinity },
])("the difference of $got from a probe of [3, 0, 4] is $difference, floor $floor", (each) => {
  const { got, floor, difference } = each;
  expect(probeDifference(got, probe, floor)).toBeCloseTo(difference, 12);
  const assert = (tolerance: number) => () => assertProbe(got, probe, tolerance, { what: "x", floor });
  if (Number.isFinite(difference)) expect(assert(difference + 1e-12)).not.toThrow();
  if (difference > 0) expect(assert(Math.min(difference, 1) * 0.99)).toThrow("x");
});
