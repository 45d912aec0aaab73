import { resnet20, sgd } from "@tssl/core/run";
import {
  assertGoldenSteps,
  fill,
  goldenModes,
  refusal,
  stepDescription,
  stepPart,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { goldenCases } from "./golden.ts";
import { queueStage } from "./phases.ts";
import { swav } from "./swav.ts";

const small = { dim: 8, hidden: 16, prototypes: 6, smallCrops: 2, smallSize: 16 };

const runOf = (options: object = {}) =>
  testRun({
    encoder: { use: resnet20 },
    plugins: [{ use: swav, ...small, ...options }],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: 4,
    datasetSize: 12,
    epochs: 4,
  });

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(goldenCases)("$name", ({ plugins, golden, inputs }) => {
  it.each(goldenModes)(
    "are PyTorch's, through frozen prototypes and a queue that fills: mode %s",
    async (mode) => {
      await assertGoldenSteps(plugins, golden, mode, inputs!());
    },
  );
});

describe("swav", () => {
  it("starts with prototypes of length 1", () => {
    const { variable } = runOf().store.get("swav.prototypes");
    for (const length of tf.norm(variable, 2, 1).dataSync()) expect(length).toBeCloseTo(1, 6);
  });

  it("names its chance level, log of the prototypes", () => {
    const run = runOf();
    const views = Object.fromEntries(
      Object.entries({ large1: 32, large2: 32, small1: 16, small2: 16 }).map(([name, side]) => [
        name,
        tf.tensor4d(fill(name, 4 * side * side * 3, 1), [4, side, side, 3]),
      ]),
    );
    expect(stepDescription(run, [stepPart(run, views)]).chanceLevels["swav/swappedPrediction"]).toBe(
      Math.log(6),
    );
  });

  it("freezes prototypes first, fills the queue from an epoch on, and uses it once it is full", () => {
    const run = runOf({ queueSize: 10, queueFromEpoch: 2, freezePrototypesEpochs: 1 }); // 3 steps an epoch, of 4 images
    const phases = Array.from({ length: 12 }, (_, step) => run.phaseAt(step));
    expect(phases.map(({ frozen }) => frozen.length)).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(phases.map(({ phases: { swav: key } }) => queueStage(key!))).toEqual([
      ...new Array<string>(6).fill("no queue"),
      ...new Array<string>(3).fill("queue fills"),
      ...new Array<string>(3).fill("queue in use"),
    ]);
  });

  it("refuses a queue that the rows of one forward pass do not fit into", async () => {
    expect(await refusal(() => runOf({ queueSize: 3 }))).toBe(
      "INVALID_OPTION: plugins.swav.queueSize must be 0, or at least 4, the images of one forward pass " +
        "(batchSize / accumulate), got 3.",
    );
  });
});
