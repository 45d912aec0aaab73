import { type Recipe, viewShape } from "@tssl/augment-zoo";
import { startEngine } from "@tssl/engine";
import { assertClose, fill } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { imagenetStatistics } from "../networks/normalize-images.ts";
import { sgd } from "../optimizers/sgd.ts";
import { meanColour, pullToZero } from "../testing/pull-to-zero.ts";
import { modes } from "../testing/modes.ts";
import { testRun } from "../testing/test-run.ts";
import { refusal } from "../testing/refusal.ts";
import { mostAhead, requireViewsFit, stepBatches } from "./batches.ts";
import { blankParts } from "./blank-parts.ts";
import { compileRun } from "./compile-run.ts";
import { type OwnImages, ownImages } from "./own-images.ts";

const grid = (side: number, count: number, size: number, stride: number): Recipe => [
  { op: "centerCrop", size: side },
  { op: "patches", rows: count, columns: count, size, stride },
];

const pixels = { channels: 3, depth: 8 };

describe("mostAhead", () => {
  const ahead = (imagesPerPass: number, ...recipes: Recipe[]) =>
    mostAhead({
      facts: { pixels } as never,
      own: { first: 0, count: imagesPerPass },
      views: Object.fromEntries(recipes.map((recipe, i) => [`view${i}`, { recipe }])),
    });

  it("is what fits into 512 MiB, patches counted, 2 .. 8", () => {
    const whole: Recipe = [{ op: "centerCrop", size: 256 }];
    expect(ahead(256, whole)).toBe(8); // 48 MiB each
    expect(ahead(256, whole, whole)).toBe(5);
    expect(viewShape(grid(256, 7, 64, 32))).toEqual([49, 64, 64, 3]);
    expect(ahead(256, grid(256, 7, 64, 32))).toBe(3); // 147 MiB each
    expect(ahead(256, grid(256, 7, 64, 32), whole, whole)).toBe(2);
    expect(ahead(1024, grid(256, 7, 64, 32))).toBe(2);
  });
});

it("views that the memory cannot hold are refused, whatever else is asked for", async () => {
  const whole: Recipe = [{ op: "centerCrop", size: 256 }];
  const facts = { batchSize: 256, imagesPerPass: 256, pixels } as never;
  const run = { facts, own: { first: 0, count: 256 }, views: { view: { recipe: whole } } };
  const needed = 9 * 256 * 256 * 256 * 3; // eight batches ahead, and that of the step
  requireViewsFit(run, needed);
  expect(await refusal(() => requireViewsFit(run, needed - 1))).toBe(
    "INVALID_OPTION: batchSize: the views of the batches that are made ahead take 432 MiB, and the machine " +
      "has 432 MiB. Set a smaller batchSize or imageSize, or split the batch with accumulate.",
  );
});

describe("the batches of steps", () => {
  const facts = { batchSize: 4, imagesPerPass: 2, datasetSize: 20, stepsPerEpoch: 5, totalSteps: 12 };

  /** The images of each part of each step. */
  async function loaded({ own, totalSteps = facts.totalSteps, from = 0 }: Partial<Wanted> = {}) {
    const asked: number[][] = [];
    const loader = {
      load({ indices }: { readonly indices: number[] }) {
        asked.push(indices);
        return Promise.resolve({ views: {}, indices, release: () => undefined });
      },
    };
    const source = {
      ...{ loader, facts: { ...facts, totalSteps }, inputs: [], ahead: 2, seed: 0 },
      order: (epoch: number) => Int32Array.from({ length: 20 }, (_, i) => 100 * epoch + i),
      ...(own === undefined ? {} : { own }),
    };
    const steps = [];
    for await (const { parts } of stepBatches(source as never, from)) {
      steps.push(parts.map(({ indices, place }) => ({ images: [...indices.values], place })));
    }
    return { steps, asked };
  }
  interface Wanted {
    readonly own: OwnImages;
    readonly totalSteps: number;
    readonly from: number;
  }

  it("are those of its epochs, as the parts that each is accumulated from", async () => {
    const { steps } = await loaded({ from: 4 });
    expect(steps).toHaveLength(8);
    expect(steps[0]).toEqual([
      { images: [16, 17], place: { step: 4, part: 0 } },
      { images: [18, 19], place: { step: 4, part: 1 } },
    ]);
    expect(steps[1]![0]).toEqual({ images: [100, 101], place: { step: 5, part: 0 } });
    expect(steps[7]![1]).toEqual({ images: [206, 207], place: { step: 11, part: 1 } });
  });

  it("end with the last step, also within an epoch: no image of a later one is loaded", async () => {
    const { steps, asked } = await loaded({ totalSteps: 2 });
    expect(steps).toHaveLength(2);
    expect(asked.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("of one process of several have its own images", async () => {
    const own = ownImages({ imagesPerPass: 2 }, { rank: 1, count: 2 });
    const { steps } = await loaded({ totalSteps: 1, own });
    expect(steps.flat().map(({ images }) => images)).toEqual([[1], [3]]);
  });
});

describe("patches", () => {
  beforeAll(() => startEngine({ device: "cpu" }));

  const weights = fill("weights", 3 * 4 * 5 * 5 * 3, 1);
  const plugin = {
    ...pullToZero("pull", () => ({
      step({ patches, views }) {
        const tiles = patches["tiles"]!;
        const value = tf.sum<tf.Scalar>(tf.mul(tiles, tf.tensor(weights, [3, 4, 5, 5, 3])));
        const names = [...Object.keys(views), ...Object.keys(patches)].join();
        if (names !== "image,tiles") throw new Error(`the context has ${names}`);
        return { metrics: { weighted: value } };
      },
    })),
    views: () => ({
      image: { recipe: [{ op: "centerCrop", size: 4 }] },
      tiles: { recipe: grid(10, 2, 5, 5) },
    }),
  };

  it.each(modes)("reach plugins as [B, P, h, w, 3], normalized, in mode %s", async (mode) => {
    const run = testRun({
      plugins: [{ use: plugin }],
      encoder: { use: meanColour },
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 3,
    });
    const parts = blankParts(run);
    expect(parts[0]!.views["tiles"]!.shape).toEqual([3, 4, 5, 5, 3]);
    const { values } = parts[0]!.views["tiles"]!;
    fill("tiles", values.length, 128).forEach((x, i) => (values[i] = 128 + x));
    const { mean, deviation } = imagenetStatistics;
    const want = weights.reduce(
      (sum, weight, i) => sum + (weight * (values[i]! / 255 - mean[i % 3]!)) / deviation[i % 3]!,
      0,
    );
    const compiled = compileRun(run, { mode, statistics: imagenetStatistics });
    const scalars = await compiled.load(parts, 0).run();
    assertClose([scalars["pull/weighted"]!], [want], 1e-5);
    await compiled.dispose();
    run.dispose();
  });
});
