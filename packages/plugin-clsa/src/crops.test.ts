import { sgd } from "@tssl/core/run";
import { smallConvNet, testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { byol } from "@tssl/plugin-byol";
import { moco } from "@tssl/plugin-moco";
import { beforeAll, describe, expect, it } from "vitest";

import { clsa } from "./clsa.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("the views that clsa adds", () => {
  const run = (options: object, imageSize = 32) =>
    testRun({
      encoder: { use: smallConvNet },
      plugins: [
        { use: clsa, ...options },
        { use: moco, queueSize: 8, dim: 8 },
      ],
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 4,
      imageSize,
    });
  const crops = (options: object, imageSize: number) =>
    Object.entries(run(options, imageSize).views)
      .slice(2)
      .map(([name, { recipe }]) => {
        const { size, scale } = recipe[0] as { size: number; scale: readonly [number, number] };
        return [name, size, ...scale.map((share) => Number(share.toFixed(3)))];
      });

  it("adds the whole weak recipe at the paper's size and scale, then five draws", () => {
    const { query, strong } = run({}, 224).views;
    const [crop, ...rest] = strong!.recipe;
    expect(crop).toMatchObject({ op: "randomResizedCrop", size: 96 });
    expect(rest.slice(0, -1)).toEqual(query!.recipe.slice(1));
    expect(rest.at(-1)).toEqual({ op: "randomStrong", pool: "paper", draws: 5, probability: 0.5 });
    expect(crops({}, 224)).toEqual([["strong", 96, 0.086, 0.429]]);
    expect(crops({}, 32)).toEqual([["strong", 16, 0.1, 0.5]]);
    expect(crops({ strongSizes: [32] }, 32)).toEqual([["strong", 32, 0.2, 1]]);
  });

  it("has the authors' crops with several: five of each with the query, smaller ones of less of the image", () => {
    const scales = { 224: [0.2, 1], 192: [0.171, 0.857], 160: [0.143, 0.714], 128: [0.114, 0.571], 96: [0.086, 0.429] }; // prettier-ignore
    const sides = [224, 192, 160, 128, 96] as const;
    expect(crops({ crops: "multi" }, 224)).toEqual([
      ...sides.slice(1).map((side, i) => [`weak${i + 1}`, side, ...scales[side]]),
      ...sides.map((side, i) => [`strong${i + 1}`, side, ...scales[side]]),
    ]);
    const { weak1, strong1, query } = run({ crops: "multi" }, 224).views;
    expect(weak1!.recipe.slice(1)).toEqual(query!.recipe.slice(1));
    expect(strong1!.recipe.at(-1)).toMatchObject({ op: "randomStrong" });
  });

  it("scales them to small images, in steps of 8 pixels, and takes sizes as they are given", () => {
    const sides = (options: object) => crops(options, 32).map(([, side]) => side);
    expect(sides({ crops: "multi" })).toEqual([32, 24, 24, 16, 32, 32, 24, 24, 16]);
    expect(sides({ crops: "multi", weakSizes: [20] })).toEqual([20, 32, 32, 24, 24, 16]);
    expect(sides({ weakSizes: [28, 12], strongSizes: [20] })).toEqual([28, 12, 20]);
  });

  it("refuses a weak view that the method does not have", () => {
    const data = { path: "plugins.clsa.weakView", got: "weak" };
    expect(() => run({ weakView: "weak" })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", data }),
    );
  });
});

it("builds strong views on the first view of the method, whatever its name", () => {
  const views = testRun({
    encoder: { use: smallConvNet },
    plugins: [{ use: clsa }, { use: byol, dim: 8, hidden: 12 }],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: 4,
  }).views;
  expect(views["strong"]!.recipe.slice(1, -1)).toEqual(views["first"]!.recipe.slice(1));
});
