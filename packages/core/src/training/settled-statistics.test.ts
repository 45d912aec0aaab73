import type { ViewLoader } from "@tssl/augment-zoo";
import { startEngine } from "@tssl/engine";
import { assertClose, fill } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { shuffledOrder } from "../data/epoch-order.ts";
import { defineEncoder } from "../networks/encoder.ts";
import { batchNorm } from "../networks/layers.ts";
import type { ImageStatistics } from "../networks/normalize-images.ts";
import { linearHead } from "../networks/projection-head.ts";
import { sgd } from "../optimizers/sgd.ts";
import { definePlugin } from "../plugins/plugin.ts";
import { modes } from "../testing/modes.ts";
import { meanColour } from "../testing/pull-to-zero.ts";
import { testRun } from "../testing/test-run.ts";
import { stepBatches } from "./batches.ts";
import { compileRun } from "./compile-run.ts";
import { firstBatches, settledStatistics, settlingBatches, type Statistics } from "./settled-statistics.ts";

const noOptions = { type: "object", additionalProperties: false, required: [], properties: {} } as const;
const [IMAGES, BATCH, SIDE] = [24, 6, 2];

/** Batch norm of an image's mean colour. */
const normalizedColour = defineEncoder<object>({
  name: "normalized-colour",
  options: noOptions,
  build(scope) {
    const layer = batchNorm<tf.Tensor2D>(scope, "bn", 3);
    return { featureDim: 3, forward: (images, mode) => layer(tf.mean<tf.Tensor2D>(images, [1, 2]), mode) };
  },
});

/** Passes two views through one network, so that its running statistics move twice a step; fills a queue. */
const twoViews = definePlugin<object>({
  name: "toy",
  options: noOptions,
  views: () => ({
    one: { recipe: [{ op: "centerCrop", size: SIDE }] },
    two: { recipe: [{ op: "centerCrop", size: SIDE }] },
  }),
  setup(build) {
    const network = build.network("network", { head: linearHead({ dim: 2 }) });
    const queue = build.queue("rows", { size: 8, dim: 2 });
    return {
      network,
      step({ views, keep }) {
        const [one, two] = [keep(network.embed(views["one"]!)), network.embed(views["two"]!)];
        const loss = tf.mean<tf.Scalar>(tf.squaredDifference(one, two));
        return { terms: { distance: { loss } }, after: () => queue.push(one) };
      },
    };
  },
});

const pixelsOf = (image: number, view: string) =>
  Float64Array.from(fill(`${view} ${image}`, SIDE * SIDE * 3, 100), (x) => Math.floor(128 + x));

/** A loader of made-up images; it remembers which. */
function loaderOf(asked: number[]): ViewLoader {
  const batch = (indices: readonly number[], view: string) => ({
    values: Uint8Array.from(indices.flatMap((image) => [...pixelsOf(image, view)])),
    shape: [indices.length, SIDE, SIDE, 3],
  });
  return {
    load({ indices }: { indices: readonly number[] }) {
      asked.push(...indices);
      const views = { one: batch(indices, "one"), two: batch(indices, "two") };
      return Promise.resolve({ views, indices, release: () => undefined });
    },
  } as never;
}

const asTheyAre: ImageStatistics = { mean: [0, 0, 0], deviation: [1 / 255, 1 / 255, 1 / 255] };

function open(
  mode: (typeof modes)[number],
  { accumulate = 1, encoder = normalizedColour }: { accumulate?: number; encoder?: object } = {},
) {
  const run = testRun({
    encoder: { use: encoder },
    plugins: [{ use: twoViews }],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: BATCH,
    accumulate,
    imageSize: 8,
    datasetSize: IMAGES,
  });
  const compiled = compileRun(run, { mode, statistics: asTheyAre });
  const asked: number[] = [];
  const source = {
    loader: loaderOf(asked),
    facts: run.facts,
    inputs: run.inputs,
    ahead: 2,
    seed: 0,
    order: shuffledOrder(IMAGES, 0),
  };
  const batches = firstBatches(source);
  const signal = new AbortController();
  const kept: Statistics[] = [];
  const settled = settledStatistics({
    compiled,
    batches,
    signal: signal.signal,
    onSettled: (statistics) => Promise.resolve(void kept.push(statistics)),
  });
  const state = () =>
    Object.fromEntries(Array.from(compiled.state, ([name, { values }]) => [name, [...values]]));
  const close = async () => {
    await compiled.dispose();
    run.dispose();
  };
  return { settled, kept, state, run, compiled, source, asked, signal, close };
}

/** Means and unbiased variances of the mean colours of each part and view, averaged, in loops. */
function averages(asked: readonly number[], part: number) {
  const [means, variances] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  const parts = asked.length / part;
  for (let start = 0; start < asked.length; start += part) {
    // PyTorch's rule with momentum 0.1, twice: the second view has the larger weight.
    for (const [view, weight] of [
      ["one", 0.09 / 0.19],
      ["two", 0.1 / 0.19],
    ] as const) {
      const colours = asked.slice(start, start + part).map((image) => {
        const pixels = pixelsOf(image, view);
        return [0, 1, 2].map((c) => [0, 1, 2, 3].reduce((sum, p) => sum + pixels[3 * p + c]!, 0) / 4);
      });
      for (const c of [0, 1, 2]) {
        const mean = colours.reduce((sum, colour) => sum + colour[c]!, 0) / part;
        const squares = colours.reduce((sum, colour) => sum + (colour[c]! - mean) ** 2, 0);
        means[c]! += (weight * mean) / parts;
        variances[c]! += (weight * squares) / (part - 1) / parts;
      }
    }
  }
  return { means, variances };
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("settled statistics", () => {
  it.each(modes)("are the average of the statistics of the first batches, in mode %s", async (mode) => {
    const { settled, kept, state, asked, close } = open(mode);
    const before = state();
    const during = await settled.during(() => Promise.resolve(state()));
    expect(kept).toHaveLength(1);
    for (const [name, values] of kept[0]!) expect([...values]).toEqual(during[name]);
    expect(asked).toHaveLength(settlingBatches({ batchSize: BATCH, datasetSize: IMAGES }) * BATCH);
    expect(asked.slice(0, IMAGES)).toEqual([...shuffledOrder(IMAGES, 0)(0)]);
    expect(asked.slice(IMAGES, 2 * IMAGES)).toEqual([...shuffledOrder(IMAGES, 0)(1)]);
    const { means, variances } = averages(asked, BATCH);
    assertClose(during["toy.network.encoder.bn.running_mean"]!, means, 1e-4);
    assertClose(during["toy.network.encoder.bn.running_var"]!, variances, 1e-4);
    const changed = Object.keys(before).filter((name) => before[name]!.join() !== during[name]!.join());
    expect(changed).toEqual(["toy.network.encoder.bn.running_mean", "toy.network.encoder.bn.running_var"]);
    expect(state()).toEqual(before);
    await close();
  });

  it("are the same each time, and those of the parts that a batch is accumulated from", async () => {
    const { settled, state, asked, close } = open("graph", { accumulate: 2 });
    const [once, again] = [
      await settled.during(() => Promise.resolve(state())),
      await settled.during(() => Promise.resolve(state())),
    ];
    expect(again).toEqual(once);
    const { means } = averages(asked.slice(0, asked.length / 2), BATCH / 2);
    assertClose(once["toy.network.encoder.bn.running_mean"]!, means, 1e-4);
    await close();
  });

  it("are those that steps arrive at while the weights stand still", async () => {
    const { settled, state, run, compiled, source, close } = open("graph");
    const during = await settled.during(() => Promise.resolve(state()));
    const steps = { ...source, facts: { ...run.facts, totalSteps: 60 } };
    for await (const { parts } of stepBatches(steps)) await compiled.load(parts, 1e-12).run();
    const after = state();
    const meanOf = (values: Record<string, number[]>) => values["toy.network.encoder.bn.running_mean"]!;
    const varianceOf = (values: Record<string, number[]>) => values["toy.network.encoder.bn.running_var"]!;
    assertClose(meanOf(after), meanOf(during), 0.1); // they begin at 0, and are near 128
    assertClose(varianceOf(after), varianceOf(during), 0.5); // they begin at 1, and are near 800
    await close();
  });

  it("leave the state as it was where the work fails, or the run is stopped", async () => {
    const { settled, state, signal, close } = open("eager");
    const before = state();
    await expect(settled.during(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(state()).toEqual(before);
    signal.abort(new Error("stopped"));
    await expect(settled.during(() => Promise.resolve())).rejects.toThrow("stopped");
    expect(state()).toEqual(before);
    await close();
  });

  it("take one part where there is no batch norm", async () => {
    const { settled, state, asked, close } = open("eager", { encoder: meanColour });
    const before = state();
    expect(await settled.during(() => Promise.resolve(state()))).toEqual(before);
    expect(asked.length).toBeLessThan(settlingBatches({ batchSize: BATCH, datasetSize: IMAGES }) * BATCH);
    await close();
  });

  it("take 2048 images, in 2 to 32 batches", () => {
    const batches = (datasetSize: number) =>
      [2, 32, 64, 128, 1000, 4096].map((batchSize) => settlingBatches({ batchSize, datasetSize }));
    expect(batches(1e6)).toEqual([32, 32, 32, 16, 3, 2]);
    expect(batches(48)).toEqual([32, 3, 2, 2, 2, 2]);
  });
});
