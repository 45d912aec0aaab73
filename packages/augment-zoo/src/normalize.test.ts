import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { normalize } from "./normalize.ts";

const { made_with, normalized } = JSON.parse(
  readFileSync(new URL("../fixtures/torchvision.json", import.meta.url), "utf8"),
) as {
  made_with: string;
  normalized: {
    mean: [number, number, number];
    deviation: [number, number, number];
    float32: string;
  };
};
const { float32, ...statistics } = normalized;

describe("normalize", () => {
  const want = new Float32Array(Uint8Array.from(Buffer.from(float32, "base64")).buffer);
  const levels = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));

  it(`is torchvision's ToTensor and Normalize to the bit, for every level (${made_with})`, () => {
    const numbers = new Float32Array(768);
    normalize(levels, numbers, statistics);
    expect(numbers).toEqual(want);
  });

  it("does the same to more than one chunk", () => {
    const images = 70;
    const pixels = Uint8Array.from({ length: 768 * images }, (_, i) => levels[i % 768]!);
    const numbers = new Float32Array(pixels.length);
    normalize(pixels, numbers, statistics);
    for (let i = 0; i < images; i++) expect(numbers.subarray(i * 768, (i + 1) * 768)).toEqual(want);
  });
});
