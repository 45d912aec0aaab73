import { expect, test } from "vitest";

import { nearestIn } from "./sample-neighbours.ts";

test("nearest images of a sample by cosine, itself left out", () => {
  // Angles of 0, 90, 30 and 180 degrees.
  const values = Float32Array.of(1, 0, 0, 1, Math.sqrt(0.75), 0.5, -1, 0);
  const sample = { count: 4, dim: 2, values, images: Int32Array.of(3, 7, 20, 21), step: 9 };
  const found = nearestIn(sample, 20);
  expect(found.map(({ image }) => image)).toEqual([3, 7, 21]);
  expect(found.map(({ similarity }) => Number(similarity.toFixed(6)))).toEqual([0.866025, 0.5, -0.866025]);
});
