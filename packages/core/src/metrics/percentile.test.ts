import { expect, it } from "vitest";

import { percentile } from "./percentile.ts";

// numpy.percentile([1, 2, 4, 10], [0, 10, 50, 90, 100]), numpy 2.
it.each([
  [0, 1],
  [0.1, 1.3],
  [0.5, 3],
  [0.9, 8.2],
  [1, 10],
])("is numpy's at %d", (share, want) => {
  expect(percentile([1, 2, 4, 10], share)).toBeCloseTo(want, 12);
});

it("is the number itself where there is one", () => {
  expect(percentile(Float64Array.of(7), 0.3)).toBe(7);
});
