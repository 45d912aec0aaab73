import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { AppliedOperation } from "../applied.ts";
import { replay } from "../replay.ts";
import { applyRecipe, sampleRecipe } from "../apply-recipe.ts";
import { decodeImage } from "../decode.ts";
import type { Image } from "../image.ts";
import { randomStream } from "../random.ts";
import type { Recipe } from "../recipe.ts";
import { infominJigsawView } from "../recipes/infomin.ts";
import { viewPicture } from "../view-picture.ts";
import { viewShape } from "../view-shape.ts";
import { reachOf, samplePatches } from "./patches.ts";

const temple = await decodeImage(readFileSync(new URL("../../fixtures/images/temple.png", import.meta.url)));

/** A pixel of it says where it stands: red is x, green y, blue 255 - x. */
const ramp = (side: number): Image => ({
  width: side,
  height: side,
  data: Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
    return [x, y, 255 - x][i % 3]!;
  }),
});

/** The patches of a stack, bytes each. */
const patchesOf = ({ width, height, data }: Image): Uint8Array[] =>
  Array.from({ length: height / width }, (_, i) =>
    data.subarray(i * width * width * 3, (i + 1) * width * width * 3),
  );

const cornersOf = (applied: readonly AppliedOperation[]): number[][] =>
  applied.flatMap((step) => (step.op === "patches" ? step.patches.map(({ left, top }) => [left, top]) : []));

describe("samplePatches", () => {
  it("is InfoMin's jigsaw: each patch anywhere in its cell of 85, offsets 0 .. 21, row by row", () => {
    const grid = { rows: 3, columns: 3, stride: 85, jitter: 21 };
    const all = Array.from({ length: 300 }, (_, i) => samplePatches(grid, randomStream("jigsaw", i)));
    for (const corners of all) {
      expect(corners.map(({ left, top }) => [Math.floor(top / 85), Math.floor(left / 85)])).toEqual([
        ...[[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]], // prettier-ignore
      ]);
    }
    const every = Array.from({ length: 22 }, (_, i) => i);
    for (const axis of ["left", "top"] as const) {
      const offsets = new Set(all.flat().map((corner) => corner[axis] % 85));
      expect([...offsets].sort((a, b) => a - b)).toEqual(every);
    }
    const pairs = new Set(all.map(([first, second]) => `${first!.left} ${second!.left - 85}`));
    expect(pairs.size).toBeGreaterThan(200); // of 22 x 22: the patches of an image move on their own
    expect(reachOf({ ...grid, size: 64 })).toEqual({ width: 255, height: 255 });
  });

  it("is CPC's grid of 7 x 7 patches of 64 pixels at 256, and of 6 x 6 of 80 at 260", () => {
    const corners = samplePatches({ rows: 7, columns: 7, stride: 32 }, randomStream("cpc"));
    expect(corners.map(({ left, top }) => [left, top])).toEqual(
      Array.from({ length: 49 }, (_, i) => [(i % 7) * 32, Math.floor(i / 7) * 32]),
    );
    expect(reachOf({ rows: 7, columns: 7, size: 64, stride: 32 })).toEqual({ width: 256, height: 256 });
    expect(reachOf({ rows: 6, columns: 6, size: 80, stride: 36 })).toEqual({ width: 260, height: 260 });
  });
});

describe("patches", () => {
  it("are cut where they are said to begin, to the byte, and stacked", () => {
    const corners = [[0, 0], [7, 1], [2, 6], [6, 5]] as const; // prettier-ignore
    const patches = corners.map(([left, top]) => ({ left, top, applied: [] }));
    const stack = replay(ramp(10), [{ op: "patches", size: 3, patches }]);
    expect([stack.width, stack.height]).toEqual([3, 12]);
    for (const [i, [left, top]] of corners.entries()) {
      const want = [0, 1, 2].flatMap((y) => [0, 1, 2].flatMap((x) => [left + x, top + y, 255 - left - x]));
      expect([...patchesOf(stack)[i]!]).toEqual(want);
    }
  });

  it("take the lines before them as one image, and those after them each on its own", () => {
    const recipe: Recipe = [
      { op: "centerCrop", size: 96 },
      { op: "horizontalFlip", p: 1 },
      { op: "patches", rows: 3, columns: 2, size: 40, stride: 24, jitter: 5 },
      { op: "randomResizedCrop", size: 48, scale: [0.5, 1], ratio: [1, 1] },
      { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 1 },
      { op: "horizontalFlip", p: 0.5 },
    ];
    expect(viewShape(recipe)).toEqual([6, 48, 48, 3]);
    const { image, applied } = applyRecipe(temple, recipe, randomStream(5));
    expect([image.width, image.height]).toEqual([48, 48 * 6]);
    expect(applied.map(({ op }) => op)).toEqual(["crop", "horizontalFlip", "patches"]);
    const last = applied.at(-1)!;
    if (last.op !== "patches") throw new Error("no patches");
    expect(new Set(last.patches.map((patch) => JSON.stringify(patch.applied))).size).toBe(6);
    expect(new Set(last.patches.map((patch) => patch.applied.length)).size).toBe(2); // flipped, or not
    for (const [i, { left, top, applied: own }] of last.patches.entries()) {
      const alone = replay(temple, [
        ...applied.slice(0, -1),
        { op: "crop", left, top, width: 40, height: 40 },
        ...own,
      ]);
      expect(patchesOf(image)[i]).toEqual(alone.data);
    }
    expect(replay(temple, JSON.parse(JSON.stringify(applied)) as AppliedOperation[])).toEqual(image);
  });

  it("do not change places where lines are added after them", () => {
    const places = (more: Recipe) =>
      cornersOf(sampleRecipe(temple, [...infominJigsawView(), ...more], randomStream(2)));
    expect(places([])).toHaveLength(9);
    expect(places([{ op: "grayscale", p: 0.5 }])).toEqual(places([]));
  });

  it("are nine of 64 pixels for InfoMin's second branch", () => {
    expect(viewShape(infominJigsawView())).toEqual([9, 64, 64, 3]);
    const { image } = applyRecipe(temple, infominJigsawView(), randomStream(1));
    expect([image.width, image.height]).toEqual([64, 576]);
  });

  it("are an axis of their own also where there is one", () => {
    const one: Recipe = [
      { op: "centerCrop", size: 8 },
      { op: "patches", rows: 1, columns: 1, size: 6, stride: 8, jitter: 2 },
    ];
    expect(viewShape(one)).toEqual([1, 6, 6, 3]);
  });

  const square = { op: "centerCrop", size: 96 };
  const grid = { op: "patches", rows: 3, columns: 3, size: 32, stride: 32 };
  it.each<[object[], object]>([
    [
      [square, { ...grid, size: 40 }],
      { path: "recipe[1]", before: { width: 96, height: 96 }, width: 104, height: 104 },
    ],
    [
      [square, { ...grid, rows: 1, jitter: 1 }],
      { path: "recipe[1]", before: { width: 96, height: 96 }, width: 97, height: 33 },
    ],
    [[{ op: "resize", size: 96 }, grid], { path: "recipe[1]" }],
    [
      [square, grid, { op: "grayscale", p: 1 }, { ...grid, size: 8, stride: 8 }],
      { path: "recipe[3]", first: "recipe[1]" },
    ],
    [[square, { ...grid, rows: 0 }], { path: "recipe[1].rows", got: 0 }],
    [[square, { ...grid, jitter: -1 }], { path: "recipe[1].jitter", got: -1 }],
    [[square, { ...grid, stride: undefined }], { path: "recipe[1].stride" }],
    [[square, { ...grid, each: [] }], { path: "recipe[1].each", op: "patches" }],
  ])("%j is refused", (recipe, data) => {
    expect(() => applyRecipe(temple, recipe as never, randomStream(1))).toThrow(
      expect.objectContaining({ code: "RECIPE", data: expect.objectContaining(data) as unknown }),
    );
  });
});

describe("viewPicture", () => {
  it("lays patches out as their grid, two white pixels apart", () => {
    const recipe: Recipe = [
      { op: "centerCrop", size: 5 },
      { op: "patches", rows: 2, columns: 3, size: 1, stride: 2 },
    ];
    const { width, height, data } = viewPicture(applyRecipe(ramp(5), recipe, randomStream(1)).image, recipe);
    expect([width, height]).toEqual([7, 4]);
    const reds = Array.from({ length: 4 }, (_, y) => [...data.subarray(y * 21, (y + 1) * 21)].filter((_, i) => i % 3 === 0)); // prettier-ignore
    const white = [255, 255, 255, 255, 255, 255, 255];
    const line = [0, 255, 255, 2, 255, 255, 4];
    expect(reds).toEqual([line, white, white, line]);
    expect(data[3 * 7 * 3 + 1]).toBe(2); // the second row of patches begins at y = 2
  });

  it("sets larger patches a sixteenth of their side apart", () => {
    const view = applyRecipe(temple, infominJigsawView(), randomStream(1)).image;
    const { width, height } = viewPicture(view, infominJigsawView());
    expect([width, height]).toEqual([3 * 64 + 2 * 4, 3 * 64 + 2 * 4]);
  });

  it("leaves other views as they are", () => {
    expect(viewPicture(temple, [{ op: "grayscale", p: 1 }])).toBe(temple);
  });
});
