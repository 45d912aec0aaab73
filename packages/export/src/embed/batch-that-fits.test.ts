import { expect, it } from "vitest";

import { batchThatFits } from "./batch-that-fits.ts";

it.each([
  ["all fit", 256, 1e6, 10e9, { images: 256, isCut: false }],
  ["three fit", 256, 3e9, 10e9, { images: 3, isCut: true }],
  ["as many as are asked for fit exactly", 2, 5e9, 10e9, { images: 2, isCut: false }],
  ["none fits", 256, 11e9, 10e9, { images: 0, isCut: true }],
])("%s", (_, asked, each, available, expected) => {
  const images = batchThatFits(asked, each, available);
  expect({ images, isCut: images < asked }).toEqual(expected);
});
