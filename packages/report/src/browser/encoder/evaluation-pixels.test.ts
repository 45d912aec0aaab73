import { applyRecipe, evaluationView, type Image, randomStream } from "@tssl/augment-zoo";
import { describe, expect, it } from "vitest";

import { evaluationPixels } from "./evaluation-pixels.ts";

/** Random bytes show every rounding. */
function noise(width: number, height: number): Image {
  const random = randomStream(width, "noise");
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)) };
}

describe("what the encoder of a page sees", () => {
  it.each([
    [32, 32, 32], // as it is
    [37, 37, 32], // the middle alone
    [50, 32, 32],
    [32, 51, 32], // a half pixel to the left of the middle
    [100, 80, 32],
    [80, 331, 32], // columns first
    [331, 80, 32],
    [20, 23, 32], // enlarged
    [1, 1, 16],
    [257, 256, 224],
    [640, 427, 224],
  ])("is the evaluation view, to the bit: %i x %i at %i pixels", (width, height, size) => {
    const image = noise(width, height);
    const { image: wanted } = applyRecipe(image, evaluationView({ size }), randomStream(0, "unused"));
    expect(Buffer.compare(evaluationPixels(image, size), wanted.data)).toBe(0);
  });
});
