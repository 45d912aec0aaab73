import { sgd } from "@tssl/core/run";
import { assertGoldenSteps, type GoldenSteps, readGolden, smallConvNet, testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { moco, mocoV1 } from "./moco.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const run = (plugin: object, batchSize = 4) =>
  testRun({
    encoder: { use: smallConvNet },
    plugins: [plugin],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize,
  });

describe("moco", () => {
  it.each(["eager", "graph"] as const)(
    "makes the ten steps that PyTorch makes: loss, gradients, both networks, queue, optimizer; %s",
    async (mode) => {
      const golden = readGolden<GoldenSteps>(new URL("../fixtures/moco-steps.json", import.meta.url));
      await assertGoldenSteps([{ use: moco, ...golden.settings.plugin }], golden, mode);
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

  it("refuses options that do not fit together, with a value that does", () => {
    expect(() => run({ use: moco, queueSize: 3 })).toThrow(
      "moco.queueSize must be at least the batch size (4), got 3. Try 4.",
    );
    expect(() => run({ use: moco, queueSize: 8, batchNormGroups: 3 })).toThrow(
      "moco.batchNormGroups must be a divisor of the images in one forward pass (4), got 3.",
    );
    expect(() => run({ use: moco, queueSize: 8, shuffleBatchNorm: true })).toThrow(
      "moco.shuffleBatchNorm must be false while batchNormGroups is 1",
    );
  });
});
