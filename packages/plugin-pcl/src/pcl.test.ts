import type { InputReader } from "@tssl/core";
import { sgd } from "@tssl/core/run";
import { assertClose, assertGoldenSteps, refusal, smallConvNet, testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { drawnNegatives } from "./drawn-negatives.ts";
import { goldenCases } from "./golden.ts";
import { pcl, pclV1 } from "./pcl.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(goldenCases)("$name", ({ plugins, golden, inputs }) => {
  it.each(["eager", "graph"] as const)(
    "are PyTorch's, through the warm-up and two expectation steps: mode %s",
    async (mode) => {
      await assertGoldenSteps(plugins, golden, mode, inputs!());
    },
  );
});

describe("drawnNegatives", () => {
  const uniform = (_: InputReader, shape: readonly number[]) => tf.randomUniform([...shape]) as never;

  it("are different prototypes, none of them the batch's", () => {
    const assigned = tf.tensor1d([3, 9, 3, 0], "int32");
    for (let i = 0; i < 30; i++) {
      const ids = drawnNegatives({ uniform } as never, {} as never, assigned, { clusters: 10, count: 6 });
      const values = [...ids.dataSync()];
      expect(new Set(values).size).toBe(6);
      expect(values.filter((id) => [0, 3, 9].includes(id))).toEqual([]);
    }
  });

  it("are all others where as many are asked for", () => {
    const assigned = tf.tensor1d([1, 2], "int32");
    const ids = drawnNegatives({ uniform } as never, {} as never, assigned, { clusters: 5, count: 3 });
    expect([...ids.dataSync()].sort()).toEqual([0, 3, 4]);
  });
});

describe("pcl", () => {
  const small = { queueSize: 8, dim: 4, clusters: [20], negatives: 4 };
  const run = (plugin: object) =>
    testRun({
      encoder: { use: smallConvNet },
      plugins: [plugin],
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 8,
      datasetSize: 40,
      epochs: 3,
    });

  it("is MoCo for the epochs of the warm-up, 20 where nothing else is said", () => {
    const phases = (options: object) => {
      const { phaseAt } = run({ use: pcl, ...small, ...options });
      return [0, 4, 5, 14].map((step) => phaseAt(step).phases["pcl"]);
    };
    expect(phases({})).toEqual(Array<string>(4).fill("warm-up"));
    expect(phases({ warmupEpochs: 1 })).toEqual(["warm-up", "warm-up", "with prototypes", "with prototypes"]);
  });

  it("has the papers' views and heads", () => {
    const ops = (plugin: object) => run(plugin).views["query"]!.recipe.map(({ op }) => op);
    expect(ops({ use: pcl, ...small })).toContain("gaussianBlur");
    expect(ops({ use: pcl, ...small, blur: false })).not.toContain("gaussianBlur");
    expect(ops({ use: pclV1, ...small })).toEqual(["randomResizedCrop", "grayscale", "colorJitter", "horizontalFlip"]); // prettier-ignore
  });

  it.each([
    [
      { queueSize: 7 },
      "plugins.pcl.queueSize must be at least 8, the images of one forward pass (batchSize / accumulate), " +
        "got 7.",
    ],
    [
      { clusters: [20, 41] },
      "plugins.pcl.clusters must be at most 40 each, the images of the training set, got [20,41]. " +
        "The authors suggest 100 to 1000 on CIFAR-10.",
    ],
    [
      { negatives: 13 },
      "plugins.pcl.negatives must be null or at most 12, the smallest number of clusters less the images " +
        "of one forward pass, got 13.",
    ],
    [
      { clusters: [8] },
      "plugins.pcl.negatives must be null where clusters has a number that is not above the images of one " +
        "forward pass, got 4.",
    ],
  ])("refuses options that do not fit together: %o", async (options, message) => {
    expect(await refusal(() => run({ use: pcl, ...small, ...options }))).toContain(message);
  });

  it("needs no more clusters than images of a pass where all prototypes are negatives", () => {
    expect(() => run({ use: pcl, ...small, clusters: [2], negatives: null })).not.toThrow();
  });

  it("starts with labels, prototypes and densities of the clusterings' shapes", () => {
    const { store } = run({ use: pcl, ...small, clusters: [20, 30] });
    const shape = (name: string) => store.get(`pcl.clustering1.${name}`).variable.shape;
    expect([shape("labels"), shape("prototypes"), shape("densities")]).toEqual([[40], [30, 4], [30]]);
    assertClose(store.get("pcl.clustering1.densities").variable, Array<number>(30).fill(1), 0);
  });
});
