import { expect, it } from "vitest";

import { joinedFloats } from "./joined-floats.ts";

it("has the numbers of each part, in order, and shares no memory with them", () => {
  const whole = Float32Array.of(9, 3, 4, 9);
  const joined = joinedFloats([Float32Array.of(1, 2), new Float32Array(0), whole.subarray(1, 3)]);
  whole.fill(0);
  expect([...joined]).toEqual([1, 2, 3, 4]);
  expect(joinedFloats([])).toHaveLength(0);
});
