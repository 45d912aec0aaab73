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

import { deepclusterV2 } from "./deepcluster.ts";
import { goldenCases } from "./golden.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(goldenCases)("$name", ({ plugins, golden, inputs }) => {
  it.each(["eager", "graph"] as const)(
    "are PyTorch's, through three clusterings of the images: mode %s",
    async (mode) => {
      await assertGoldenSteps(plugins, golden, mode, inputs!());
    },
  );
});

describe("deepcluster-v2", () => {
  const small = { dim: 4, hidden: 8, prototypes: [5, 3, 7], smallCrops: 1, smallSize: 8 };
  const runOf = (options: object = {}) =>
    testRun({
      encoder: { use: meanColour },
      plugins: [{ use: deepclusterV2, ...small, ...options }],
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 4,
      datasetSize: 12,
      epochs: 2,
    });
  const part = (run: ReturnType<typeof runOf>) => {
    const images = (view: string) => tf.tensor4d(fill(view, 4 * 192, 10), [4, 8, 8, 3]);
    return stepPart(
      run,
      Object.fromEntries(["large1", "large2", "small1"].map((view) => [view, images(view)])),
    );
  };
  const stateOf = (run: ReturnType<typeof runOf>, name: string) =>
    run.store.get(`deepcluster-v2.${name}`).variable;

  it("names the mean of log of the prototypes as its chance level", () => {
    const run = runOf();
    const chance = (Math.log(5) + Math.log(3) + Math.log(7)) / 3;
    expect(stepDescription(run, [part(run)]).chanceLevels["deepcluster-v2/clusterPrediction"]).toBeCloseTo(chance); // prettier-ignore
  });

  it("trains no prototype", () => {
    const { store } = runOf();
    const trained = store.entries().filter(({ trained }) => trained).map(({ name }) => name); // prettier-ignore
    expect(trained.filter((name) => !name.startsWith("deepcluster-v2.network."))).toEqual([]);
    expect(stateOf(runOf(), "clustering2.prototypes").shape).toEqual([7, 4]);
  });

  it("replaces the rows of the batch's images in the banks, and no others", () => {
    const run = runOf();
    const rows = (crop: string) => numbersOf(stateOf(run, `${crop}.rows`));
    const before = rows("large1");
    run.step([part(run)], tf.scalar(0.1));
    const after = rows("large1");
    const moved = Array.from({ length: 12 }, (_, row) =>
      [0, 1, 2, 3].some((d) => after[row * 4 + d] !== before[row * 4 + d]),
    );
    expect(moved).toEqual([...Array<boolean>(4).fill(true), ...Array<boolean>(8).fill(false)]);
    expect(rows("large2")).not.toEqual(after);
  });

  it("has one bank for one clustering, and two for more", () => {
    const banks = (prototypes: number[]) =>
      runOf({ prototypes })
        .store.entries()
        .map(({ name }) => name)
        .filter((name) => name.endsWith(".rows"));
    expect(banks([5])).toEqual(["deepcluster-v2.large1.rows"]);
    expect(banks([5, 3, 7])).toEqual(["deepcluster-v2.large1.rows", "deepcluster-v2.large2.rows"]);
  });

  it("refuses more prototypes than there are images", async () => {
    expect(await refusal(() => runOf({ prototypes: [12, 13] }))).toBe(
      "INVALID_OPTION: plugins.deepcluster-v2.prototypes must be at most 12 each, the images of the " +
        "training set, got [12,13].",
    );
  });
});
