import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { AppliedOperation } from "./applied.ts";
import { applyRecipe, sampleRecipe } from "./apply-recipe.ts";
import { ImageError } from "./errors.ts";
import type { Image } from "./image.ts";
import { randomStream } from "./random.ts";
import type { Recipe } from "./recipe.ts";
import { evaluationView } from "./recipes/evaluation.ts";
import { mocoV2View } from "./recipes/moco.ts";
import { replay } from "./replay.ts";
import { largestBytes, planOf } from "./replay-plan.ts";

interface Case {
  readonly width: number;
  readonly height: number;
  readonly applied: readonly AppliedOperation[];
  readonly size: readonly [number, number];
  readonly sha256: string;
}
const { made_with, cases } = JSON.parse(
  readFileSync(new URL("../fixtures/narrow.json", import.meta.url), "utf8"),
) as { made_with: string; cases: Case[] };

/** The formula of fixtures/make_narrow.py. */
function noise(width: number, height: number): Image {
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => Math.floor((31 * i * i + 7 * i) / 8) % 256,
  );
  return { width, height, data };
}

describe(`a crop after a scaling gives Pillow's bytes (${made_with})`, () => {
  const named = cases.map((each) => {
    const ops = each.applied.map(({ op }) => op).join(", ");
    return [`${each.width} x ${each.height}: ${ops}`, each] as const;
  });
  it.each(named)("%s", (_, { width, height, applied, size, sha256 }) => {
    const made = replay(noise(width, height), applied);
    expect([made.width, made.height]).toEqual(size);
    expect(createHash("sha256").update(made.data).digest("hex").slice(0, 16)).toBe(sha256);
  });
});

describe("an image of one colour, however narrow", () => {
  const flat = (width: number, height: number): Image => {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => [200, 30, 90][i % 3]!);
    return { width, height, data };
  };

  it.each<[number, number, number]>([
    [60_000, 1, 224],
    [1, 60_000, 224],
    [2_000_000, 1, 32],
    [1, 2_000_000, 32],
  ])("%i x %i is that colour in every view of %i", (width, height, size) => {
    const image = flat(width, height);
    for (const recipe of [evaluationView({ size }), mocoV2View({ size }).slice(0, 1)]) {
      const { data } = applyRecipe(image, recipe, randomStream(1)).image;
      expect(Buffer.compare(data, flat(size, size).data)).toBe(0);
    }
  });
});

describe("planOf", () => {
  const bytesOf = (width: number, height: number, recipe: Recipe) => {
    const size = { width, height };
    return largestBytes(size, planOf(size, sampleRecipe(size, recipe, randomStream(1))));
  };

  it("needs no more memory than the image and what the crop keeps", () => {
    expect(bytesOf(60_000, 1, evaluationView({ size: 224 }))).toBe(60_000 * 3);
    expect(bytesOf(1, 60_000, evaluationView({ size: 224 }))).toBe(60_000 * 3);
    expect(bytesOf(300, 2, evaluationView({ size: 224 }))).toBe(224 * 224 * 3);
    // Every box that a random crop can have, up to the whole of the image.
    expect(bytesOf(60_000, 1, mocoV2View({ size: 224 }))).toBe(60_000 * 3);
  });

  it("looks through operations on single pixels, and through no others", () => {
    const between = (op: Recipe[number]): Recipe => [
      { op: "resize", size: 64 },
      op,
      { op: "centerCrop", size: 32 },
    ];
    const narrow = (op: Recipe[number]) => bytesOf(2000, 2, between(op)) === Math.max(2000 * 2, 32 * 32) * 3;
    expect(narrow({ op: "grayscale", p: 1 })).toBe(true);
    expect(narrow({ op: "horizontalFlip", p: 1 })).toBe(true);
    expect(narrow({ op: "solarize", threshold: 9, p: 1 })).toBe(true);
    expect(narrow({ op: "gaussianBlur", sigma: [1, 1], p: 1 })).toBe(false);
    expect(narrow({ op: "cutout", side: [0.5, 0.5], p: 1 })).toBe(false);
  });

  it("refuses an image on the way that has more than 2^27 pixels, before it takes the memory", () => {
    const size = { width: 60_000, height: 1 };
    const recipe: Recipe = [
      { op: "resize", size: 256 },
      { op: "gaussianBlur", sigma: [1, 1], p: 1 },
      { op: "centerCrop", size: 224 },
    ];
    const applied = sampleRecipe(size, recipe, randomStream(1));
    expect(() => planOf(size, applied)).toThrow(ImageError);
    expect(() => planOf(size, applied)).toThrow(
      expect.objectContaining({
        data: { file: "(image)", problem: "too narrow", width: 15_360_000, height: 256, most: 2 ** 27 },
      }),
    );
  });
});
