import { sgd } from "@tssl/core/run";
import { assertGoldenSteps, goldenModes, smallConvNet, testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { goldenCases } from "./golden.ts";
import { moco, mocoV1 } from "./moco.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const run = (plugin: object, { batchSize = 4, accumulate = 1 } = {}) =>
  testRun({
    encoder: { use: smallConvNet },
    plugins: [plugin],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize,
    accumulate,
  });

describe("moco", () => {
  it.each(goldenCases.flatMap((golden) => goldenModes.map((mode) => ({ ...golden, mode }))))(
    "makes the ten steps that PyTorch makes: loss, gradients, both networks, queue, optimizer; $name, $mode",
    async ({ plugins, golden, mode }) => {
      await assertGoldenSteps(plugins, golden, mode);
    },
  );

  it("has the papers' presets", () => {
    const recipe = (plugin: object) => run(plugin).views["query"]!.recipe.map(({ op }) => op);
    expect(recipe({ use: moco, queueSize: 8 })).toEqual([
      "randomResizedCrop",
      "colorJitter",
      "grayscale",
      "gaussianBlur",
      "horizontalFlip",
    ]);
    expect(recipe({ use: moco, queueSize: 8, blur: false })).not.toContain("gaussianBlur");
    expect(recipe({ use: mocoV1, queueSize: 8 })).toEqual([
      "randomResizedCrop",
      "grayscale",
      "colorJitter",
      "horizontalFlip",
    ]);
    expect(run({ use: mocoV1, queueSize: 8, dim: 16 }).network.outputDim).toBe(16);
  });

  it.each([
    [
      { use: moco, queueSize: 3 },
      { path: "plugins.moco.queueSize", got: 3 },
    ],
    [
      { use: mocoV1, queueSize: 3 },
      { path: "plugins.moco-v1.queueSize", got: 3 },
    ],
    [
      { use: moco, queueSize: 8, batchNormGroups: 3 },
      { path: "plugins.moco.batchNormGroups", got: 3 },
    ],
    [
      { use: moco, queueSize: 8, shuffleBatchNorm: true },
      { path: "plugins.moco.shuffleBatchNorm", got: true },
    ],
  ])("refuses options that do not fit together: %o", (plugin, data) => {
    expect(() => run(plugin)).toThrow(expect.objectContaining({ code: "INVALID_OPTION", data }));
  });

  it("needs a queue for the keys of one forward pass, not of the whole batch", () => {
    const parts = { batchSize: 16, accumulate: 4 };
    expect(() => run({ use: moco, queueSize: 4 }, parts)).not.toThrow();
    const data = { path: "plugins.moco.queueSize", got: 3 };
    expect(() => run({ use: moco, queueSize: 3 }, parts)).toThrow(expect.objectContaining({ data }));
  });
});
