import { expect, it } from "vitest";

import { balanceText } from "./balance-text.ts";

it("says how an accuracy comes about where classes differ in size, and nothing where they do not", () => {
  expect(balanceText(0.9, { balancedAccuracy: 1 / 3, largestClass: 0.9 })).toBe(
    ", 33.3 % balanced, 90.0 % of the images in the largest class",
  );
  expect(balanceText(0.45, { balancedAccuracy: 0.45, largestClass: 0.1 })).toBe("");
});
