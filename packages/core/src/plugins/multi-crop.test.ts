import { describe, expect, it } from "vitest";

import { type MultiCropOptions, multiCropSchema, multiCropViews } from "./multi-crop.ts";

const { properties } = multiCropSchema;
const defaults = Object.fromEntries(
  Object.entries(properties).map(([name, { default: value }]) => [name, value]),
) as unknown as MultiCropOptions;

describe("multiCropViews", () => {
  it("has two large crops, and small ones of 96 / 224 of their side where nothing else is said", () => {
    const views = multiCropViews({ ...defaults, smallCrops: 2 }, 224);
    expect(Object.keys(views)).toEqual(["large1", "large2", "small1", "small2"]);
    expect(views["large1"]!.recipe[0]).toMatchObject({ size: 224, scale: [0.14, 1] });
    expect(views["small2"]!.recipe[0]).toMatchObject({ size: 96, scale: [0.05, 0.14] });
    expect(multiCropViews(defaults, [448, 224])["small6"]!.recipe[0]).toMatchObject({ size: [192, 96] });
  });

  it("takes sides, shares, strength of colours and blur from its options", () => {
    const views = multiCropViews(
      { ...defaults, smallCrops: 1, smallSize: 16, smallScale: [0.1, 0.4], colorStrength: 0.5, blur: 0 },
      32,
    );
    const recipe = views["small1"]!.recipe;
    expect(recipe[0]).toMatchObject({ size: 16, scale: [0.1, 0.4] });
    expect(recipe.map(({ op }) => op)).not.toContain("gaussianBlur");
    expect(recipe.find(({ op }) => op === "colorJitter")).toMatchObject({ brightness: 0.4, hue: 0.1 });
    expect(Object.keys(multiCropViews({ ...defaults, smallCrops: 0 }, 32))).toEqual(["large1", "large2"]);
  });
});
