import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { replay } from "../applied.ts";
import { applyRecipe } from "../apply-recipe.ts";
import { decodeImage } from "../decode.ts";
import type { Image } from "../image.ts";
import { randomStream } from "../random.ts";
import { outputShape, outputSize } from "../recipe-size.ts";
import { infominJigsawView } from "../recipes/infomin.ts";
import { sampleCutout } from "./cutout.ts";
import { patchGrid, sampleJigsaw } from "./patches.ts";

const temple = await decodeImage(readFileSync(new URL("../../fixtures/images/temple.png", import.meta.url)));
const patchOf = ({ width, data }: Image, size: number, i: number): Uint8Array => {
  expect(width).toBe(size);
  return data.subarray(i * size * size * 3, (i + 1) * size * size * 3);
};

describe("sampleJigsaw", () => {
  const all = Array.from({ length: 300 }, (_, i) =>
    sampleJigsaw({ width: 32, height: 25 }, 3, 6, randomStream("jigsaw", i)),
  );

  it("takes one square from each cell, everywhere in it", () => {
    for (const corners of all) {
      const cells = corners.map(({ left, top }) => Math.floor(top / 8) * 3 + Math.floor(left / 10));
      expect(cells.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(corners.every(({ left, top }) => (left % 10) + 6 <= 10 && (top % 8) + 6 <= 8)).toBe(true);
    }
    const lefts = new Set(all.flat().map(({ left }) => left));
    expect([...lefts].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24]);
  });

  it("shuffles them: each cell comes first about as often", () => {
    const first = Array<number>(9).fill(0);
    for (const [corner] of all) first[Math.floor(corner!.top / 8) * 3 + Math.floor(corner!.left / 10)]!++;
    for (const count of first) expect(Math.abs(count - 300 / 9)).toBeLessThan(4 * Math.sqrt(300 / 9));
  });
});

describe("patchGrid", () => {
  it("is CPC's 7 x 7 of 64 pixels at 256", () => {
    const corners = patchGrid({ width: 256, height: 256 }, 64, 32);
    expect(corners.length).toBe(49);
    expect(corners[8]).toEqual({ left: 32, top: 32 });
    expect(corners.at(-1)).toEqual({ left: 192, top: 192 });
  });
});

describe("a recipe that ends in patches", () => {
  it("stacks them, each as if it were cropped and changed on its own", () => {
    const recipe = [
      { op: "centerCrop", size: 96 },
      {
        op: "patchGrid",
        size: 48,
        stride: 24,
        each: [{ op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 1 }],
      },
    ] as const;
    expect(outputShape(recipe)).toEqual({ side: 48, patches: 9 });
    const { image, applied } = applyRecipe(temple, recipe, randomStream(5));
    expect([image.width, image.height]).toEqual([48, 48 * 9]);
    const last = applied.at(-1)!;
    if (last.op !== "patches") throw new Error("no patches");
    const jitters = last.patches.map(({ applied: own }) => JSON.stringify(own));
    expect(new Set(jitters).size).toBe(9);
    for (const [i, { left, top, applied: own }] of last.patches.entries()) {
      const alone = replay(temple, [
        ...applied.slice(0, -1),
        { op: "crop", left, top, width: 48, height: 48 },
        ...own,
      ]);
      expect(patchOf(image, 48, i)).toEqual(alone.data);
    }
  });

  it("is one for InfoMin's second branch: nine patches of 64", () => {
    expect(outputShape(infominJigsawView())).toEqual({ side: 64, patches: 9 });
    const { image } = applyRecipe(temple, infominJigsawView(), randomStream(1));
    expect([image.width, image.height]).toEqual([64, 576]);
    expect(() => outputSize(infominJigsawView())).toThrow(
      expect.objectContaining({
        code: "RECIPE",
        data: { ops: ["randomResizedCrop", "horizontalFlip", "jigsaw"], patches: 9 },
      }),
    );
  });

  it.each<[object[], object]>([
    [
      [
        { op: "centerCrop", size: 96 },
        { op: "jigsaw", grid: 3, size: 40 },
      ],
      { path: "recipe[1].size", op: "jigsaw", got: 40, side: 32 },
    ],
    [
      [{ op: "patchGrid", size: 4, stride: 2 }],
      { path: "recipe[0].size", op: "patchGrid", got: 4, side: undefined },
    ],
    [
      [
        { op: "centerCrop", size: 96 },
        { op: "patchGrid", size: 4, stride: 2 },
        { op: "grayscale", p: 1 },
      ],
      { path: "recipe[1]", op: "patchGrid" },
    ],
    [
      [
        { op: "centerCrop", size: 96 },
        { op: "patchGrid", size: 4, stride: 2, each: [{ op: "resize", size: 3 }] },
      ],
      { path: "recipe[1].each", op: "resize" },
    ],
    [
      [
        { op: "centerCrop", size: 96 },
        { op: "patchGrid", size: 4, stride: 2, each: [{ op: "grayscale", p: 2 }] },
      ],
      { path: "recipe[1].each[0].p", op: "grayscale", got: 2 },
    ],
  ])("%j is refused", (recipe, data) => {
    expect(() => applyRecipe(temple, recipe as never, randomStream(1))).toThrow(
      expect.objectContaining({ code: "RECIPE", data: expect.objectContaining(data) as unknown }),
    );
  });
});

describe("sampleCutout", () => {
  it("centres squares of the asked sides anywhere on the image", () => {
    const boxes = Array.from({ length: 2000 }, (_, i) =>
      sampleCutout({ width: 40, height: 20 }, [0.1, 0.5], randomStream("cutout", i)),
    ).flatMap((step) => (step.op === "cutout" ? [step] : []));
    const sides = boxes.map(({ width }) => width);
    expect(boxes.every(({ width, height }) => width === height)).toBe(true);
    expect([Math.min(...sides), Math.max(...sides)]).toEqual([2, 10]);
    const middles = boxes.map(({ left, width }) => left + (width >> 1));
    expect([Math.min(...middles), Math.max(...middles)]).toEqual([0, 39]);
  });
});
