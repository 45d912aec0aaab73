import { definePlugin, type EmbeddingSpace, embeddingSpace } from "@tssl/core";
import { sgd } from "@tssl/core/run";
import {
  assertClose,
  assertGoldenSteps,
  fill,
  goldenModes,
  meanColour,
  numbersOf,
  stepDescription,
  stepPart,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { goldenCases } from "./golden.ts";
import { instdisc } from "./instdisc.ts";
import { lossName } from "./instance-loss.ts";
import { nceChance } from "./nce.ts";
import type { InstdiscOptions } from "./options.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(goldenCases)("$name", ({ plugins, golden, inputs }) => {
  it.each(goldenModes)("are PyTorch's: mode %s", async (mode) => {
    await assertGoldenSteps(plugins, golden, mode, inputs!());
  });
});

const BATCH = 4;
const runOf = (options: object = {}, ...terms: object[]) =>
  testRun({
    encoder: { use: meanColour },
    plugins: [{ use: instdisc, dim: 4, ...options }, ...terms],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: BATCH,
    datasetSize: 12,
  });
type Run = ReturnType<typeof runOf>;
const part = (run: Run) =>
  stepPart(run, { image: tf.tensor4d(fill("image", BATCH * 192, 10), [BATCH, 8, 8, 3]) });
const stateOf = (run: Run, name: string) => numbersOf(run.store.get(`instdisc.${name}`).variable);

describe("instdisc", () => {
  it("takes the softmax over the bank up to 200,000 images, and NCE above, where nothing else is said", () => {
    const named = (loss: InstdiscOptions["loss"], images: number) =>
      lossName({ loss } as InstdiscOptions, images);
    expect(named("auto", 200_000)).toBe("softmax");
    expect(named("auto", 200_001)).toBe("nce");
    expect(named("sampled-softmax", 10)).toBe("sampled-softmax");
  });

  it.each([
    ["softmax", {}, Math.log(12)],
    ["nce", { negatives: 5 }, nceChance(5)],
    ["sampled-softmax", { negatives: 5 }, Math.log(6)],
  ])("names its term after the loss, with its chance level: %s", (loss, options, chance) => {
    const run = runOf({ loss, ...options });
    expect(stepDescription(run, [part(run)]).chanceLevels).toEqual({ [`instdisc/${loss}`]: chance });
  });

  it("moves the rows of the batch's images, and no others", () => {
    const run = runOf({ keep: 0.5 });
    const before = stateOf(run, "bank.rows");
    run.step([part(run)], tf.scalar(0.1));
    const after = stateOf(run, "bank.rows");
    const moved = Array.from({ length: 12 }, (_, row) =>
      [0, 1, 2, 3].some((d) => after[row * 4 + d] !== before[row * 4 + d]),
    );
    expect(moved).toEqual([...new Array<boolean>(4).fill(true), ...new Array<boolean>(8).fill(false)]);
  });

  it("keeps NCE's normalizer from the first step on, or follows it", () => {
    const [fixed, following] = [{}, { zMomentum: 0.5 }].map((options) => {
      const run = runOf({ loss: "nce", negatives: 5, ...options });
      return [0, 1].map(() => {
        run.step([part(run)], tf.scalar(0.1));
        return stateOf(run, "z")[0]!;
      });
    });
    expect(fixed![0]).toBeGreaterThan(0);
    expect(fixed![1]).toBe(fixed![0]);
    expect(following![0]).toBe(fixed![0]);
    expect(following![1]).not.toBe(fixed![0]);
  });

  it.each([
    ["softmax", 12, [0, 1, 2, 3]],
    ["nce", BATCH + 5, [0, 1, 2, 3]],
  ])("publishes candidates of length 1, among them each query's own row: %s", (loss, count, positives) => {
    let seen: EmbeddingSpace | undefined;
    const looking = definePlugin<object>({
      name: "looking",
      options: { type: "object", additionalProperties: false, required: [], properties: {} },
      requires: [embeddingSpace],
      setup: () => ({
        step({ use }) {
          seen = use(embeddingSpace);
          const { embedding, lossOf } = seen.queries["image"]!;
          expect(seen.candidates.shape).toEqual([count, 4]);
          for (const length of tf.norm(seen.candidates, 2, 1).dataSync()) expect(length).toBeCloseTo(1, 5);
          expect(Array.from(seen.queries["image"]!.positives.dataSync())).toEqual(positives);
          return { terms: {}, metrics: { own: lossOf(embedding) } };
        },
      }),
    });
    const run = runOf({ loss, negatives: 5 }, { use: looking });
    const scalars = run.step([part(run)], tf.scalar(0.1));
    assertClose(scalars["looking/own"]!, numbersOf(scalars[`instdisc/${loss}`]!), 1e-6);
  });
});
