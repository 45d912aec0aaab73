import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, it } from "vitest";

import type { AppliedOperation } from "./applied.ts";
import { replay } from "./replay.ts";
import { applyRecipe, sampleRecipe } from "./apply-recipe.ts";
import { decodeImage } from "./decode.ts";
import type { Image } from "./image.ts";
import { randomStream } from "./random.ts";
import type { Recipe } from "./recipe.ts";
import { byolView } from "./recipes/byol.ts";
import { clsaStrongView } from "./recipes/clsa.ts";
import { evaluationView, stretchedView } from "./recipes/evaluation.ts";
import { infominView, infominJigsawView, pirlView } from "./recipes/infomin.ts";
import { instdiscView } from "./recipes/instdisc.ts";
import { mocoV1View, mocoV2View } from "./recipes/moco.ts";
import { simclrView } from "./recipes/simclr.ts";
import { stronger } from "./recipes/stronger.ts";
import { supconView, supervisedView } from "./recipes/supervised.ts";
import { swavViews, swavView } from "./recipes/swav.ts";
import { viewShape } from "./view-shape.ts";
import { withSize } from "./with-size.ts";

const image = (name: string): Promise<Image> =>
  decodeImage(readFileSync(new URL(`../fixtures/images/${name}.png`, import.meta.url)));
let frog: Image;
let flower: Image;
beforeAll(async () => {
  [frog, flower] = [await image("cifar-frog"), await image("flower")];
});

const ops = (applied: readonly AppliedOperation[]): string[] => applied.map(({ op }) => op);

describe("applyRecipe", () => {
  it("leaves the image as it is, and replays to the same bytes", () => {
    const before = flower.data.slice();
    for (let i = 0; i < 50; i++) {
      const recipe = stronger(mocoV2View({ size: 32 }), { pool: i % 2 === 0 ? "paper" : "repository" });
      const { image: view, applied } = applyRecipe(flower, recipe, randomStream("replay", i));
      expect([view.width, view.height, view.data.length]).toEqual([32, 32, 3072]);
      expect(replay(flower, JSON.parse(JSON.stringify(applied)) as AppliedOperation[])).toEqual(view);
    }
    expect(flower.data).toEqual(before);
  });

  it("gives the same view to the same key and another to another", () => {
    const recipe = mocoV2View({ size: 32 });
    const view = (...key: number[]): string =>
      String(applyRecipe(frog, recipe, randomStream(...key)).image.data);
    expect(view(1, 2)).toBe(view(1, 2));
    expect(view(1, 2)).not.toBe(view(1, 3));
  });

  it("hands out memory of its own", () => {
    const recipe = mocoV2View({ size: 32 });
    const first = applyRecipe(frog, recipe, randomStream(1)).image.data;
    const copy = first.slice();
    applyRecipe(flower, recipe, randomStream(2));
    expect(first).toEqual(copy);
    expect(applyRecipe(frog, [], randomStream(1)).image.data).not.toBe(frog.data);
  });
});

describe("recipes", () => {
  it("mocoV1View is InstDisc's, in the authors' order", () => {
    expect(mocoV1View({ size: 224 })).toEqual([
      { op: "randomResizedCrop", size: 224, scale: [0.2, 1], ratio: [0.75, 4 / 3] },
      { op: "grayscale", p: 0.2 },
      { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.4, p: 1 },
      { op: "horizontalFlip", p: 0.5 },
    ]);
  });

  it("mocoV2View is CLSA's weak augmentation", () => {
    expect(mocoV2View({ size: 96, scale: [0.086, 0.429] })).toEqual([
      { op: "randomResizedCrop", size: 96, scale: [0.086, 0.429], ratio: [0.75, 4 / 3] },
      { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 0.8 },
      { op: "grayscale", p: 0.2 },
      { op: "gaussianBlur", sigma: [0.1, 2], p: 0.5 },
      { op: "horizontalFlip", p: 0.5 },
    ]);
  });

  it("swavViews are two large views and small ones, in the authors' order", () => {
    const views = swavViews();
    expect(Object.keys(views)).toEqual([
      ...["large1", "large2", "small1", "small2", "small3", "small4", "small5", "small6"],
    ]);
    expect(views["large2"]).toEqual([
      { op: "randomResizedCrop", size: 224, scale: [0.14, 1], ratio: [0.75, 4 / 3] },
      { op: "horizontalFlip", p: 0.5 },
      { op: "colorJitter", brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, p: 0.8 },
      { op: "grayscale", p: 0.2 },
      { op: "gaussianBlur", sigma: [0.1, 2], p: 0.5 },
    ]);
    expect(views["small6"]![0]).toMatchObject({ size: 96, scale: [0.05, 0.14] });
  });

  it("swavView has jitter of a strength, any area, and blur with any probability or none", () => {
    expect(swavView({ size: 96, scale: [0.05, 0.14] })).toEqual(swavViews()["small1"]);
    const view = swavView({ size: 32, scale: [0.08, 1], strength: 0.5, blur: 0 });
    expect(view.map(({ op }) => op)).toEqual([
      ...["randomResizedCrop", "horizontalFlip", "colorJitter", "grayscale"],
    ]);
    expect(view[0]).toMatchObject({ size: 32, scale: [0.08, 1] });
    expect(view[2]).toMatchObject({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 0.8 });
    expect(swavView({ size: 32, blur: 1 })[4]).toMatchObject({ op: "gaussianBlur", p: 1 });
  });

  it("instdiscView is mocoV1's on ImageNet; on CIFAR-10 colours come before grey, and nothing is flipped", () => {
    expect(instdiscView({ size: 224 })).toEqual(mocoV1View({ size: 224 }));
    expect(instdiscView({ size: 32, recipe: "cifar", scale: [0.3, 1] })).toEqual([
      { op: "randomResizedCrop", size: 32, scale: [0.3, 1], ratio: [0.75, 4 / 3] },
      { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.4, p: 1 },
      { op: "grayscale", p: 0.2 },
    ]);
  });

  it("infomin is PyContrast's D, with the kernel of 23 at 224", () => {
    expect(infominView({ size: 224 })).toEqual([
      { op: "randomResizedCrop", size: 224, scale: [0.2, 1], ratio: [0.75, 4 / 3] },
      { op: "horizontalFlip", p: 0.5 },
      { op: "colorJitter", brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, p: 0.8 },
      { op: "gaussianKernelBlur", sigma: [0.1, 2], kernelSize: 23, border: "mirror", p: 0.5 },
      { op: "randomStrong", pool: "randAugment", draws: 2, probability: 0.5 },
      { op: "grayscale", p: 0.2 },
    ]);
    expect(infominView({ size: 32, probability: 0.1 })[4]).toMatchObject({ draws: 2, probability: 0.1 });
    expect(infominJigsawView({ size: 32 })).toEqual([
      { op: "randomResizedCrop", size: 36, scale: [0.6, 1], ratio: [3 / 4, 4 / 3] },
      { op: "horizontalFlip", p: 0.5 },
      { op: "patches", rows: 3, columns: 3, size: 9, stride: 12, jitter: 3 },
    ]);
    expect(pirlView({ size: 224 })).toEqual([
      { op: "randomResizedCrop", size: 224, scale: [0.08, 1], ratio: [3 / 4, 4 / 3] },
      { op: "horizontalFlip", p: 0.5 },
      { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.4, p: 1 },
      { op: "grayscale", p: 0.2 },
    ]);
    expect(infominJigsawView()).toEqual([
      { op: "randomResizedCrop", size: 255, scale: [0.6, 1], ratio: [0.75, 4 / 3] },
      { op: "horizontalFlip", p: 0.5 },
      { op: "patches", rows: 3, columns: 3, size: 64, stride: 85, jitter: 21 },
    ]);
  });

  it("supconView is SupContrast's, in the authors' order", () => {
    expect(supconView({ size: 32 })).toEqual([
      { op: "randomResizedCrop", size: 32, scale: [0.2, 1], ratio: [3 / 4, 4 / 3] },
      { op: "horizontalFlip", p: 0.5 },
      { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 0.8 },
      { op: "grayscale", p: 0.2 },
    ]);
  });

  it("supervisedView is torchvision's default crop and a flip", () => {
    expect(supervisedView({ size: 224 })).toEqual([
      { op: "randomResizedCrop", size: 224, scale: [0.08, 1], ratio: [0.75, 4 / 3] },
      { op: "horizontalFlip", p: 0.5 },
    ]);
  });

  it("clsaStrongView is stronger(mocoV2View) with either pool", () => {
    expect(clsaStrongView({ size: 96 })).toEqual(stronger(mocoV2View({ size: 96 })));
    const pool = "repository";
    expect(clsaStrongView({ size: 96, pool })).toEqual(stronger(mocoV2View({ size: 96 }), { pool }));
  });

  it("simclrView is the authors' at strength 1, and at half strength without blur their CIFAR-10 one", () => {
    expect(simclrView({ size: 224 })).toEqual([
      { op: "randomResizedCrop", size: 224, scale: [0.08, 1], ratio: [0.75, 4 / 3], filter: "bicubic" },
      { op: "horizontalFlip", p: 0.5 },
      { op: "colorJitter", brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, p: 0.8 },
      { op: "grayscale", p: 0.2 },
      { op: "gaussianKernelBlur", sigma: [0.1, 2], kernelSize: 23, border: "black", p: 0.5 },
    ]);
    const small = simclrView({ size: 32, strength: 0.5, blur: 0 });
    expect(small[2]).toMatchObject({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 });
    expect(small.length).toBe(4);
    expect(simclrView({ size: 32 })[4]).toMatchObject({ kernelSize: 3 });
  });

  it("byolView's two views differ in blur and solarize", () => {
    const first = byolView({ size: 224, blur: 1, solarize: 0 });
    const blur = { op: "gaussianKernelBlur", sigma: [0.1, 2], kernelSize: 23, border: "black" };
    expect(first).toEqual([
      { op: "randomResizedCrop", size: 224, scale: [0.08, 1], ratio: [0.75, 4 / 3], filter: "bicubic" },
      { op: "horizontalFlip", p: 0.5 },
      { op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1, p: 0.8 },
      { op: "grayscale", p: 0.2 },
      { ...blur, p: 1 },
    ]);
    expect(byolView({ size: 224, blur: 0.1, solarize: 0.2 })).toEqual([
      ...first.slice(0, 4),
      { ...blur, p: 0.1 },
      { op: "solarize", threshold: 128, p: 0.2 },
    ]);
  });

  it("applies each operation as often as it says", () => {
    const n = 5000;
    const counts: Record<string, number> = {};
    const sigmas: number[] = [];
    for (let i = 0; i < n; i++) {
      for (const step of sampleRecipe(frog, mocoV2View({ size: 32 }), randomStream("often", i))) {
        counts[step.op] = (counts[step.op] ?? 0) + 1;
        if (step.op === "gaussianBlur") sigmas.push(step.sigma);
      }
    }
    const expected = { resizedCrop: 1, brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.8, grayscale: 0.2,
      gaussianBlur: 0.5, horizontalFlip: 0.5 }; // prettier-ignore
    expect(Object.keys(counts).sort()).toEqual(Object.keys(expected).sort());
    for (const [op, p] of Object.entries(expected)) {
      expect(Math.abs(counts[op]! / n - p), op).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / n));
    }
    expect(Math.min(...sigmas)).toBeGreaterThanOrEqual(0.1);
    expect(Math.min(...sigmas)).toBeLessThan(0.11);
    expect(Math.max(...sigmas)).toBeGreaterThan(1.99);
    expect(Math.max(...sigmas)).toBeLessThan(2);
  });

  it("stronger adds CLSA's composition to the whole weak chain", () => {
    const weak = mocoV2View({ size: 32 });
    expect(stronger(weak)).toEqual([
      ...weak,
      { op: "randomStrong", pool: "paper", draws: 5, probability: 0.5 },
    ]);
    const other = stronger(weak, { pool: "repository", draws: 2, probability: 1 });
    expect(other.at(-1)).toEqual({ op: "randomStrong", pool: "repository", draws: 2, probability: 1 });
    const { applied } = applyRecipe(frog, other, randomStream(1));
    expect(applied.slice(-2).every(({ op }) => op !== "horizontalFlip" && op !== "resizedCrop")).toBe(true);
  });

  it("strong translations are fractions of the view's side, not of the original's", () => {
    const recipe = stronger(mocoV2View({ size: 100 }), { pool: "paper", draws: 60, probability: 1 });
    const shifts = sampleRecipe(frog, recipe, randomStream(4)).flatMap((step) =>
      step.op === "translateX" || step.op === "translateY" ? [Math.abs(step.pixels)] : [],
    );
    expect(Math.max(...shifts)).toBeGreaterThan(20);
    expect(Math.max(...shifts)).toBeLessThan(30);
  });

  it("weak views do not change when a strong part is added", () => {
    const weak = mocoV2View({ size: 32 });
    const drawn = sampleRecipe(frog, weak, randomStream(8));
    expect(sampleRecipe(frog, stronger(weak), randomStream(8)).slice(0, drawn.length)).toEqual(drawn);
  });
});

describe("evaluation", () => {
  it("does not touch an image of the evaluated size", () => {
    const { image: view, applied } = applyRecipe(frog, evaluationView({ size: 32 }), randomStream(1));
    expect(applied).toEqual([]);
    expect(view).toEqual(frog);
  });

  it("takes the middle of an image whose shorter side fits, without resampling", () => {
    const size = { width: 48, height: 32 };
    expect(sampleRecipe(size, evaluationView({ size: 32 }), randomStream(1))).toEqual([
      { op: "crop", left: 8, top: 0, width: 32, height: 32 },
    ]);
  });

  it("is Resize(256) and CenterCrop(224) at 224, with torchvision's rounding", () => {
    expect(sampleRecipe({ width: 500, height: 375 }, evaluationView({ size: 224 }), randomStream(1))).toEqual(
      [
        { op: "resize", width: 341, height: 256, filter: "bilinear" },
        { op: "crop", left: 58, top: 16, width: 224, height: 224 }, // 58.5 rounds to even
      ],
    );
    expect(sampleRecipe({ width: 300, height: 401 }, evaluationView({ size: 224 }), randomStream(1))).toEqual(
      [
        { op: "resize", width: 256, height: 342, filter: "bilinear" },
        { op: "crop", left: 16, top: 59, width: 224, height: 224 },
      ],
    );
  });

  it("is Resize(256) and Resize((224, 224)) where it is stretched", () => {
    const applied = sampleRecipe({ width: 500, height: 375 }, stretchedView({ size: 224 }), randomStream(1));
    expect(applied).toEqual([
      { op: "resize", width: 341, height: 256, filter: "bilinear" },
      { op: "resize", width: 224, height: 224, filter: "bilinear" },
    ]);
    const small = { width: 48, height: 32 };
    expect(sampleRecipe(small, stretchedView({ size: 32 }), randomStream(1))).toEqual([
      { op: "resize", width: 32, height: 32, filter: "bilinear" },
    ]);
    expect(applyRecipe(frog, stretchedView({ size: 32 }), randomStream(1)).image).toEqual(frog);
  });

  it("pads with black where the image is smaller than the crop", () => {
    const { image: view } = applyRecipe(frog, [{ op: "centerCrop", size: 37 }], randomStream(1));
    expect(view.width).toBe(37);
    const pixel = (x: number, y: number): number[] => [
      ...view.data.subarray((y * 37 + x) * 3, (y * 37 + x) * 3 + 3),
    ];
    expect(pixel(1, 20)).toEqual([0, 0, 0]);
    expect(pixel(2, 2)).toEqual([...frog.data.subarray(0, 3)]);
    expect(pixel(33, 33)).toEqual([...frog.data.subarray(-3)]);
    expect(pixel(34, 33)).toEqual([0, 0, 0]);
  });
});

describe("viewShape", () => {
  it.each<[number, Recipe]>([
    [32, mocoV2View({ size: 32 })],
    [224, evaluationView({ size: 224 })],
    [64, stretchedView({ size: 64 })],
    [40, [...mocoV2View({ size: 32 }), { op: "resize", size: 40 }]],
    [32, [...mocoV2View({ size: 32 }), { op: "resize", size: 40, unless: 32 }]],
    [8, [...mocoV2View({ size: 32 }), { op: "centerCrop", size: 8 }]],
  ])("is %d", (size, recipe) => {
    expect(viewShape(recipe)).toEqual([size, size, 3]);
    const { width, height } = applyRecipe(flower, recipe, randomStream(1)).image;
    expect([width, height]).toEqual([size, size]);
  });

  it("is an error where it depends on the image", () => {
    expect(() => viewShape([{ op: "resize", size: 32 }])).toThrow(
      expect.objectContaining({ code: "RECIPE", data: { ops: ["resize"] } }),
    );
  });
});

describe("withSize", () => {
  it("changes the crop and nothing else", () => {
    const recipe = stronger(mocoV2View({ size: 224 }));
    const small = withSize(recipe, { size: 96, scale: [0.086, 0.429] });
    expect(small[0]).toEqual({
      op: "randomResizedCrop",
      size: 96,
      scale: [0.086, 0.429],
      ratio: [0.75, 4 / 3],
    });
    expect(small.slice(1)).toEqual(recipe.slice(1));
    expect(withSize(recipe, { size: 96 })[0]).toMatchObject({ size: 96, scale: [0.2, 1] });
    expect(viewShape(recipe)).toEqual([224, 224, 3]);
  });

  it("needs a random crop", () => {
    expect(() => withSize(evaluationView({ size: 32 }), { size: 64 })).toThrow(
      expect.objectContaining({ code: "RECIPE", data: { ops: ["resize", "centerCrop"] } }),
    );
  });
});

describe("checkRecipe", () => {
  it.each<[recipe: unknown, path: string, data: object]>([
    ["mocoV2View", "recipe", { got: "mocoV2View" }],
    [[7], "recipe[0]", { got: 7 }],
    [[{ op: "blur" }], "recipe[0].op", { op: "blur" }],
    [[{ op: "toString" }], "recipe[0].op", { op: "toString" }],
    [[{ op: "grayscale", p: 1.2 }], "recipe[0].p", { op: "grayscale", must: "a number in 0 .. 1", got: 1.2 }],
    [[{ op: "grayscale" }], "recipe[0].p", { must: "a number in 0 .. 1", got: undefined }],
    [[{ op: "grayscale", p: 1, q: 2 }], "recipe[0].q", { op: "grayscale" }],
    [
      [
        { op: "grayscale", p: 1 },
        { op: "gaussianBlur", sigma: [2, 1], p: 1 },
      ],
      "recipe[1].sigma",
      { must: "[low, high] with 0 <= low <= high", got: [2, 1] },
    ],
    [
      [{ op: "randomResizedCrop", size: 32, scale: [0.2, 1.5], ratio: [1, 1] }],
      "recipe[0].scale",
      { must: "[low, high] with 0 <= low <= high <= 1", got: [0.2, 1.5] },
    ],
    [
      [{ op: "randomResizedCrop", size: 32, scale: [0.2, 1], ratio: [0, 1] }],
      "recipe[0].ratio",
      { must: "[low, high] with 0 < low <= high", got: [0, 1] },
    ],
    [
      [{ op: "centerCrop", size: 1.5 }],
      "recipe[0].size",
      { must: "a whole number >= 1, or [height, width] of such", got: 1.5 },
    ],
    [
      [{ op: "randomStrong", pool: "code", draws: 5, probability: 0.5 }],
      "recipe[0].pool",
      { must: '"paper" or "repository" or "randAugment"', got: "code" },
    ],
    [
      [{ op: "solarize", threshold: 300, p: 1 }],
      "recipe[0].threshold",
      { must: "a number in 0 .. 256", got: 300 },
    ],
    [
      [{ op: "colorJitter", brightness: 0.4, contrast: 0.4, saturation: -1, hue: 0.1, p: 1 }],
      "recipe[0].saturation",
      { must: "a number >= 0", got: -1 },
    ],
  ])("%j", (recipe, path, data) => {
    expect(() => applyRecipe(frog, recipe as Recipe, randomStream(1))).toThrow(
      expect.objectContaining({
        code: "RECIPE",
        data: expect.objectContaining({ path, ...data }) as unknown,
      }),
    );
  });
});

it("ops of a chain come in the recipe's order", () => {
  const recipe: Recipe = [
    { op: "solarize", threshold: 128, p: 1 },
    { op: "horizontalFlip", p: 1 },
    { op: "resize", size: 16, filter: "bicubic" },
    { op: "grayscale", p: 0 },
  ];
  const { applied } = applyRecipe(flower, recipe, randomStream(1));
  expect(ops(applied)).toEqual(["solarize", "horizontalFlip", "resize"]);
  expect(applied[2]).toEqual({ op: "resize", width: 16, height: 21, filter: "bicubic" });
});
