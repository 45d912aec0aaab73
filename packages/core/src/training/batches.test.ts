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
import { mostAhead, requireViewsFit } from "./batches.ts";
import { blankParts } from "./blank-parts.ts";
import { compileRun } from "./compile-run.ts";

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
