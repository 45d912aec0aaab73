import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import type { OperationParameters } from "./applied.ts";
import { applyRecipe } from "./apply-recipe.ts";
import { decodeImage } from "./decode.ts";
import type { Image } from "./image.ts";
import { randomStream } from "./random.ts";
import { byolView } from "./recipes/byol.ts";
import { evaluationView, stretchedView } from "./recipes/evaluation.ts";
import { infominJigsawView } from "./recipes/infomin.ts";
import { mocoV2View } from "./recipes/moco.ts";
import { recipeOrigin } from "./recipes/origin.ts";
import { kernelSize } from "./recipes/simclr.ts";
import { replay } from "./replay.ts";
import { viewPicture } from "./view-picture.ts";
import { viewShape } from "./view-shape.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const golden = JSON.parse(readFileSync(fixture("rectangles.json"), "utf8")) as {
  made_with: string;
  crops: ({ image: string; sha256: string } & OperationParameters["resizedCrop"])[];
  views: { image: string; size: [number, number]; sha256: string }[];
};
const read = (name: string): Promise<Image> => decodeImage(fixture(`images/${name}.png`));
const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex").slice(0, 16);

describe(`views that are no squares (${golden.made_with})`, () => {
  it("crops are Pillow's", async () => {
    expect(golden.crops.length).toBe(120);
    for (const { image, sha256: want, ...crop } of golden.crops) {
      const { width, height, data } = replay(await read(image), [{ op: "resizedCrop", ...crop }]);
      expect([height, width]).toEqual(crop.size);
      expect(sha256(data), `${image} ${JSON.stringify(crop)}`).toBe(want);
    }
  });

  it("evaluation views are torchvision's resize to the size that covers, and its middle", async () => {
    expect(golden.views.length).toBe(30);
    for (const { image, size, sha256: want } of golden.views) {
      const view = applyRecipe(await read(image), evaluationView({ size }), randomStream(0)).image;
      expect([view.height, view.width]).toEqual(size);
      expect(sha256(view.data), `${image} ${size.join(" x ")}`).toBe(want);
    }
  });

  it("[side, side] is the square of that side, to the bit", async () => {
    const image = await read("roof");
    for (const recipe of [mocoV2View, evaluationView, stretchedView]) {
      const [square, pair] = [recipe({ size: 24 }), recipe({ size: [24, 24] })];
      const views = [square, pair].map((each) => applyRecipe(image, each, randomStream(3)).image);
      expect(views[1]).toEqual(views[0]);
    }
  });

  it("a whole recipe makes them, and its origin is known", async () => {
    const recipe = byolView({ size: [20, 48], blur: 1, solarize: 0 });
    const { image } = applyRecipe(await read("roof"), recipe, randomStream(1));
    expect([image.height, image.width, image.data.length]).toEqual([20, 48, 20 * 48 * 3]);
    expect(recipeOrigin(recipe)).toMatchObject({ name: "BYOL, first view", changes: [] });
    expect(kernelSize([224, 64])).toBe(23); // a tenth of the height, as the authors'
  });
});

describe("shapes", () => {
  it("are height before width", () => {
    expect(viewShape(mocoV2View({ size: [20, 48] }))).toEqual([20, 48, 3]);
    expect(viewShape(stretchedView({ size: [20, 48] }))).toEqual([20, 48, 3]);
  });

  it("patches of a rectangle are laid out in their grid", () => {
    const recipe = [
      { op: "centerCrop", size: [2, 3] },
      { op: "patches", rows: 2, columns: 3, size: 1, stride: 1 },
      { op: "centerCrop", size: [2, 1] },
    ] as const;
    expect(viewShape(recipe)).toEqual([6, 2, 1, 3]);
    const image = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, i) => i + 1) };
    const view = applyRecipe(image, recipe, randomStream(1)).image;
    const picture = viewPicture(view, recipe);
    expect([picture.width, picture.height]).toEqual([3 + 2 * 2, 2 * 2 + 2]);
    expect([...picture.data.subarray(0, 3)]).toEqual([1, 2, 3]);
  });
});

describe("what is refused", () => {
  const crop = { op: "randomResizedCrop", scale: [0.2, 1], ratio: [0.75, 1.33] } as const;
  it.each([
    [
      [{ ...crop, size: [20, 0] }],
      "recipe[0].size (randomResizedCrop) must be a whole number >= 1, or [height, width] of such, got " +
        "[20,0].",
    ],
    [
      [
        { ...crop, size: [20, 48] },
        { op: "patches", rows: 2, columns: 1, size: 20, stride: 20 },
      ],
      "recipe[1] (patches) must fit into the 48 x 20 pixels of the image before it, got 20 x 40",
    ],
  ] as const)("%j", (recipe, message) => {
    expect(() => viewShape(recipe)).toThrow(message);
  });

  it("a jigsaw of a rectangle", () => {
    expect(() => infominJigsawView({ size: [64, 32] })).toThrow(
      "The jigsaw is a grid of 3 x 3 squares: the size of its views must be one number, got [64,32].",
    );
  });
});
