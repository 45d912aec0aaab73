import { expect, test } from "vitest";

import { parameterTexts } from "./parameter-texts.ts";

test("numbers are short, pairs are ranges, and other values are as they are", () => {
  const parameters = { left: 1234, scale: [0.08, 4 / 3], colour: [124, 116, 104], then: "invert", on: true };
  expect(parameterTexts(parameters)).toEqual([
    "left 1,234",
    "scale 0.08 to 1.333",
    "colour 124 116 104",
    "then invert",
    "on true",
  ]);
});

test("numbers are written as the caller says", () => {
  expect(parameterTexts({ sigma: [0.1, 2] }, (value) => value.toFixed(2))).toEqual(["sigma 0.10 to 2.00"]);
});
