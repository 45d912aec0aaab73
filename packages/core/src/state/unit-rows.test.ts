import { expect, it } from "vitest";

import { unitRows } from "./unit-rows.ts";

it("scales each row in place, and leaves one of zeros", () => {
  const values = Float32Array.of(3, 4, 0, 0, -2, 0);
  expect(unitRows(values, 2)).toBe(values);
  expect([...values]).toEqual([...Float32Array.of(0.6, 0.8, 0, 0, -1, 0)]);
});
