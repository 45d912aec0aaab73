import { sgd } from "@tssl/core/run";
import {
  assertClose,
  assertGoldenSteps,
  numericGradient,
  refusal,
  smallConvNet,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { goldenCases } from "./golden.ts";
import { labelLoss } from "./label-loss.ts";
import { supcon } from "./supcon.ts";
import { supervised } from "./supervised.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(goldenCases)("$name", ({ plugins, golden, inputs }) => {
  it.each(["eager", "graph"] as const)("are PyTorch's; %s", async (mode) => {
    await assertGoldenSteps(plugins, golden, mode, inputs!());
  });
});

describe("labelLoss", () => {
  const labels = tf.tensor1d([0, 2, -1, 1], "int32");
  const scores = [[2, 0, 1], [0, 1, 0], [9, 9, 0], [1, 3, 2]]; // prettier-ignore
  const byHand = (rows: readonly (readonly number[])[]) => {
    const of = (row: readonly number[], label: number) =>
      Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[label]!;
    return (of(rows[0]!, 0) + of(rows[1]!, 2) + of(rows[3]!, 1)) / 3;
  };

  it("is the mean cross-entropy of images whose class is known, and counts those that are right", () => {
    const { loss, accuracy } = labelLoss({ logits: tf.tensor2d(scores), labels });
    assertClose(loss, [byHand(scores)], 1e-6);
    assertClose(accuracy, [2 / 3], 1e-6);
  });

  it("has its gradient, none for an image of unknown class", () => {
    const rows = (flat: ArrayLike<number>) =>
      [0, 3, 6, 9].map((from) => Array.from(flat).slice(from, from + 3));
    const got = tf.grad((logits) => labelLoss({ logits: logits as tf.Tensor2D, labels }).loss)(
      tf.tensor2d(scores),
    );
    assertClose(
      got,
      numericGradient((x) => byHand(rows(x)), scores.flat(), 1e-6),
      1e-5,
    );
    for (const slope of got.dataSync().slice(6, 9)) expect(slope).toBeCloseTo(0, 12);
  });

  it("is 0 where no class is known", () => {
    const unknown = tf.tensor1d([-1, -1, -1, -1], "int32");
    expect(labelLoss({ logits: tf.tensor2d(scores), labels: unknown }).loss.dataSync()[0]).toBe(0);
  });

  it("says what is wrong", async () => {
    const input = { logits: tf.ones<tf.Rank.R2>([3, 2]), labels };
    expect(await refusal(() => labelLoss(input))).toBe(
      "SHAPE_MISMATCH: labelLoss: labels must have shape [3] (B of logits), got [4].",
    );
  });
});

describe("classes of the training images", () => {
  const run = (plugin: object, classes?: number) =>
    testRun({
      encoder: { use: smallConvNet },
      plugins: [plugin],
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 4,
      ...(classes === undefined ? {} : { classes }),
    });

  it.each([
    [
      { use: supervised, classes: 7 },
      10,
      "INVALID_OPTION: plugins.supervised.classes must be 10, the classes of the training images, got 7.",
    ],
    [
      { use: supervised },
      0,
      "INVALID_OPTION: plugins.supervised.classes must be the classes of the training images, which have " +
        "no labels, got 1000. Put the images of each class into a folder of its own.",
    ],
    [
      { use: supcon },
      0,
      "INVALID_OPTION: data.train must be images with labels, which supcon reads, got 0. " +
        "Put the images of each class into a folder of its own.",
    ],
  ])("must be those of the config: %#", async (plugin, classes, message) => {
    expect(await refusal(() => run(plugin, classes))).toContain(message);
  });

  it("are the config's where the images are not at hand", () => {
    expect(run({ use: supervised, classes: 7 }).network.outputDim).toBe(7);
  });
});
