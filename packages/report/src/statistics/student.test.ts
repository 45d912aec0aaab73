import { expect, it } from "vitest";

import { boundOfShare, shareWithin } from "./student.ts";

// scipy.stats.t.ppf((1 + share) / 2, freedom), SciPy 1.17
it.each([
  { share: 0.95, freedom: 1, bound: 12.70620474 },
  { share: 0.95, freedom: 2, bound: 4.30265273 },
  { share: 0.95, freedom: 4, bound: 2.77644511 },
  { share: 0.95, freedom: 9, bound: 2.26215716 },
  { share: 0.95, freedom: 30, bound: 2.04227246 },
  { share: 0.99, freedom: 4, bound: 4.60409487 },
])("$share of Student's distribution with $freedom degrees of freedom lie within ±$bound", (each) => {
  const { share, freedom, bound } = each;
  expect(boundOfShare(share, freedom)).toBeCloseTo(bound, 8);
  expect(shareWithin(bound, freedom)).toBeCloseTo(share, 8);
});
