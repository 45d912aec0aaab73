import { expect, test } from "vitest";

import { tickText, readoutText } from "./chart-text.ts";

test("ticks are short", () => {
  expect([0, 0.06, 12_000, 0.00003, 0.30000000000000004].map(tickText)).toEqual([
    "0",
    "0.06",
    "12k",
    "3e-5",
    "0.3",
  ]);
});

test("values read as the chart's unit says", () => {
  expect(readoutText(33.42, { unit: "%" })).toBe("33.4 %");
  expect(readoutText(-0.051234, { unit: "" })).toBe("−0.05123");
  expect(readoutText(null, { unit: "" })).toBe("–");
});
