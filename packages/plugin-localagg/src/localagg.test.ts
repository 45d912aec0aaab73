import { sgd } from "@tssl/core/run";
import {
  assertGoldenSteps,
  fill,
  meanColour,
  numbersOf,
  refusal,
  stepDescription,
  stepPart,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { goldenCases } from "./golden.ts";
import { localagg } from "./localagg.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(goldenCases)("$name", ({ plugins, golden, inputs }) => {
  it.each(["eager", "graph"] as const)(
    "are PyTorch's, through the warm-up and two clusterings of the bank: mode %s",
    async (mode) => {
      await assertGoldenSteps(plugins, golden, mode, inputs!());
    },
  );
});

describe("localagg", () => {
  const small = { dim: 4, clusters: 3, clusterings: 2, background: 5 };
  const runOf = (options: object = {}) =>
    testRun({
      encoder: { use: meanColour },
      plugins: [{ use: localagg, ...small, ...options }],
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 4,
      datasetSize: 12,
      epochs: 12,
    });
  const part = (run: ReturnType<typeof runOf>) =>
    stepPart(run, { image: tf.tensor4d(fill("image", 4 * 192, 10), [4, 8, 8, 3]) });

  it("is InstDisc for ten epochs where nothing else is said, then aggregates", () => {
    const { phaseAt } = runOf();
    expect([0, 29, 30, 35].map((step) => phaseAt(step).phases["localagg"])).toEqual([
      "warm-up",
      "warm-up",
      "aggregate",
      "aggregate",
    ]);
  });

  it("names log of the images as the chance level of its warm-up", () => {
    const run = runOf();
    expect(stepDescription(run, [part(run)]).chanceLevels).toEqual({ "localagg/instances": Math.log(12) });
  });

  it("starts with each image in a cluster of its own, in every clustering", () => {
    const labels = runOf().store.get("localagg.labels").variable;
    const own = Array.from({ length: 12 }, (_, i) => i);
    expect(labels.dtype).toBe("int32");
    expect(labels.arraySync()).toEqual([own, own]);
  });

  it("moves the rows of the batch's images, and no others", () => {
    const run = runOf();
    const rows = () => numbersOf(run.store.get("localagg.bank.rows").variable);
    const before = rows();
    run.step([part(run)], tf.scalar(0.1));
    const after = rows();
    const moved = Array.from({ length: 12 }, (_, row) =>
      [0, 1, 2, 3].some((d) => after[row * 4 + d] !== before[row * 4 + d]),
    );
    expect(moved).toEqual([...Array<boolean>(4).fill(true), ...Array<boolean>(8).fill(false)]);
  });

  it.each([
    [
      { clusters: 13 },
      "INVALID_OPTION: plugins.localagg.clusters must be at most 12, the images of the training set, got 13.",
    ],
    [
      { background: 13 },
      "INVALID_OPTION: plugins.localagg.background must be at most 12, the images of the training set, got " +
        "13.",
    ],
  ])("refuses more than there are images: %o", async (options, message) => {
    expect(await refusal(() => runOf(options))).toContain(message);
  });
});
