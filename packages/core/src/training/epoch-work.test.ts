import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import type { EvaluationImages } from "../evaluation/images.ts";
import type { EpochContext } from "../plugins/epoch-context.ts";
import type { PluginRun } from "../plugins/plugin.ts";
import { sgd } from "../optimizers/sgd.ts";
import { fill, refusal, smallConvNet, testRun } from "../testing/index.ts";
import { pullToZero } from "../testing/pull-to-zero.ts";
import { compileRun } from "./compile-run.ts";
import { createEpochWork, type EpochWorkOptions } from "./epoch-work.ts";

const [IMAGES, SIZE] = [8, 4];
const bytes = Uint8Array.from(fill("images", IMAGES * SIZE * SIZE * 3, 120), (x) => 128 + x);

/** Batches of 5 and 3 images, the third of which cannot be decoded. */
const images: EvaluationImages = {
  count: IMAGES,
  size: SIZE,
  shape: [SIZE, SIZE, 3],
  corrupt: [{ index: 2, file: "c.png", found: "cut off", kind: "cut short" }],
  async *batches() {
    for (const [start, count] of [
      [0, 5],
      [5, 3],
    ] as const) {
      // prettier-ignore
      const from = start * SIZE * SIZE * 3;
      yield await Promise.resolve({
        start,
        count,
        bytes: bytes.subarray(from, from + count * SIZE * SIZE * 3),
      });
    }
  },
};

type Work = (
  context: EpochContext,
  parts: { centre: tf.Variable; other: tf.Variable; run: PluginRun },
) => Promise<void> | void;

/** A run of four steps an epoch, two epochs, whose plugin works before each of them. */
function working(work: Work, options: Partial<EpochWorkOptions> = {}, run: Partial<PluginRun> = {}) {
  const other = tf.variable(tf.scalar(0));
  const plugin = pullToZero("toy", ({ build, network }) => {
    const centre = build.variable("centre", tf.zeros([2]));
    return {
      run: {
        async beforeEpoch(context) {
          await work(context, { centre, other, run: { network, step: () => ({ terms: {} }) } });
        },
        ...run,
      },
    };
  });
  const prepared = testRun({
    plugins: [{ use: plugin }],
    encoder: { use: smallConvNet },
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: 2,
    datasetSize: 8,
  });
  const compiled = compileRun(prepared, {
    mode: "graph",
    statistics: { mean: [0.5, 0.5, 0.5], deviation: [1, 1, 1] },
  });
  const epochWork = createEpochWork({
    run: prepared,
    compiled,
    images,
    seed: 1,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...options,
  });
  return { epochWork, centre: () => [...compiled.state.read("toy.centre").values], compiled };
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("work before an epoch", () => {
  it("is due once before the first step of an epoch and of a phase, never after the last", async () => {
    const { epochWork } = working(
      () => undefined,
      {},
      { phase: ({ step }) => ({ key: step < 3 ? "a" : "b" }) },
    );
    expect([0, 1, 2, 3, 4].map((step) => epochWork.isDue(step))).toEqual([true, false, false, true, false]);
    await epochWork.do(0);
    expect([epochWork.isDue(0), epochWork.isDone(0), epochWork.isDone(3)]).toEqual([false, true, false]);
  });

  it("is not due where an earlier part of the run has done it", () => {
    expect(working(() => undefined, { doneAt: 0 }).epochWork.isDue(0)).toBe(false);
  });

  it("reads the state, and writes it once all of it is done", async () => {
    const seen: number[][] = [];
    const { epochWork, centre } = working(({ read, write }, parts) => {
      write(parts.centre, Float32Array.of(3, 4));
      seen.push([...read(parts.centre).values]);
    });
    await epochWork.do(0);
    expect(seen).toEqual([[0, 0]]);
    expect(centre()).toEqual([3, 4]);
  });

  it("gives each training image a row of length 1, by running statistics, and 0 if not decoded", async () => {
    let rows: number[][] = [];
    const { epochWork } = working(async ({ features }, { run }) => {
      const { count, dim, values } = await features(run.network!);
      rows = Array.from({ length: count }, (_, i) => [...values.subarray(i * dim, (i + 1) * dim)]);
    });
    await epochWork.do(0);
    expect(rows).toHaveLength(IMAGES);
    expect(rows[2]).toEqual([0, 0]);
    for (const [i, row] of rows.entries()) if (i !== 2) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
    const again = rows;
    await epochWork.do(0);
    expect(rows).toEqual(again);
  });

  it("draws the same numbers each time it is done, others before another epoch", async () => {
    const drawn: number[] = [];
    const { epochWork } = working(({ random }) => void drawn.push(random.uniform()));
    for (const step of [0, 4, 0]) await epochWork.do(step);
    expect(drawn[2]).toBe(drawn[0]);
    expect(drawn[1]).not.toBe(drawn[0]);
  });

  it("that is stopped leaves the state as it was, and is due again", async () => {
    const stop = new AbortController();
    const { epochWork, centre } = working(
      async ({ write, features }, { centre, run }) => {
        write(centre, Float32Array.of(3, 4));
        stop.abort();
        await features(run.network!);
      },
      { signal: stop.signal },
    );
    await epochWork.do(0);
    expect([epochWork.isDue(0), centre()]).toEqual([true, [0, 0]]);
  });

  it("tells how far it is", async () => {
    const told: unknown[] = [];
    const { epochWork } = working(({ progress }) => progress(0.5, "k-means, 1 of 2 iterations"), {
      onProgress: (progress) => told.push(progress),
    });
    await epochWork.do(4);
    expect(told).toEqual([{ plugin: "toy", step: 4, share: 0.5, what: "k-means, 1 of 2 iterations" }]);
  });

  it.each<[string, Work]>([
    ['\\[toy\\] beforeEpoch failed: no luck', () => { throw new Error("no luck"); }], // prettier-ignore
    ["not part of the run's state", ({ read }, { other }) => void read(other)],
  ])("names the plugin where it fails: %s", async (message, work) => {
    expect(await refusal(() => working(work).epochWork.do(0))).toMatch(new RegExp(message));
  });
});
