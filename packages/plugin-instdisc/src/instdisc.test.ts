import { definePlugin, type EmbeddingSpace, embeddingSpace } from "@tssl/core";
import { sgd } from "@tssl/core/run";
import {
  assertClose,
  assertGoldenSteps,
  fill,
  goldenModes,
  type GoldenSteps,
  meanColour,
  numbersOf,
  readGolden,
  stepDescription,
  stepPart,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { instdisc } from "./instdisc.ts";
import { lossName } from "./instance-loss.ts";
import { nceChance } from "./nce.ts";
import type { InstdiscOptions } from "./options.ts";

/** The plugin, whose drawn ids are those of the reference's formula. */
const withFormula = definePlugin<InstdiscOptions>({
  ...instdisc,
  setup(build, options) {
    const { microBatchSize: batch, datasetSize: rows } = build.facts;
    const { negatives } = options;
    const formula = build.input<tf.Tensor2D>({
      name: "formula",
      shape: [batch, negatives],
      valueAt: ({ step }) =>
        Int32Array.from({ length: batch * negatives }, (_, i) => {
          const [b, k] = [Math.floor(i / negatives), i % negatives];
          return (7 * b + 3 * k + 5 * step + b * k) % rows;
        }),
    });
    const random: typeof build.random = (name) => ({
      ...build.random(name),
      integers: (context, shape) =>
        (shape.length === 2 ? context.input(formula) : tf.zeros(shape, "int32")) as never,
    });
    return instdisc.setup({ ...build, random }, options);
  },
});

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(["instdisc-softmax-steps.json", "instdisc-nce-steps.json"])("steps of %s", (file) => {
  const golden = readGolden<GoldenSteps & { buffers: Record<string, [number, number]> }>(
    new URL(`../fixtures/${file}`, import.meta.url),
  );
  const [rows, dim] = golden.buffers["instdisc.bank.rows"]!;

  it.each(goldenModes)("equal PyTorch's: mode %s", async (mode) => {
    await assertGoldenSteps([{ use: withFormula, ...golden.settings.plugin }], golden, mode, {
      initial: { "instdisc.bank.rows": fill("instdisc.bank", rows * dim, Math.sqrt(3 / dim)) },
      indices: (step) => Array.from({ length: golden.settings.batch }, (_, b) => (3 * step + 5 * b) % rows),
    });
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
