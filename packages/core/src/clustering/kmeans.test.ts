import { randomStream } from "@tssl/augment-zoo";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { assertClose, fill, type Generated, readGolden, refusal } from "../testing/index.ts";
import { unitRows } from "../state/unit-rows.ts";
import { kmeans } from "./kmeans.ts";
import { meanRows } from "./mean-rows.ts";
import { nearestCentroids } from "./nearest-centroids.ts";
import type { Points } from "./points.ts";
import { splitIntoEmpty } from "./split-into-empty.ts";

interface Case {
  readonly name: string;
  readonly noise: Generated;
  readonly middles: Generated;
  readonly startRows: readonly number[];
  readonly iterations: number;
  readonly spherical: boolean;
  readonly faiss: {
    readonly labels: number[];
    readonly centroids: number[];
    readonly objective: number;
    readonly splits: number;
  };
  readonly scikitLearn?: { readonly labels: number[]; readonly objective: number };
}
const { cases } = readGolden<{ cases: Case[] }>(new URL("../../fixtures/kmeans.json", import.meta.url));

const filled = ({ fill: name, shape: [rows, columns], scale }: Generated) =>
  fill(name, rows! * columns!, scale);

function pointsOf({ noise, middles, spherical }: Case): Points {
  const [count, dim] = noise.shape as [number, number];
  const apart = filled(middles);
  const values = filled(noise).map((x, i) => {
    const blob = Math.floor(i / dim) % middles.shape[0]!;
    return x + apart[blob * dim + (i % dim)]!;
  });
  return { count, dim, values: spherical ? unitRows(values, dim) : values };
}

const points = (rows: readonly (readonly number[])[]): Points => ({
  count: rows.length,
  dim: rows[0]!.length,
  values: Float32Array.from(rows.flat()),
});
const random = randomStream(1, "test");

/** Lloyd's iterations in loops over arrays; no cluster may become empty. */
function byLoops(rows: readonly number[][], start: readonly number[][], iterations: number) {
  const squared = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x, j) => sum + (x - b[j]!) ** 2, 0);
  const nearest = (row: readonly number[], centroids: readonly (readonly number[])[]) => {
    const distances = centroids.map((centroid) => squared(row, centroid));
    return distances.indexOf(Math.min(...distances));
  };
  let centroids: readonly (readonly number[])[] = start;
  for (let i = 0; i < iterations; i++) {
    const labels = rows.map((row) => nearest(row, centroids));
    centroids = centroids.map((_, k) => {
      const members = rows.filter((__, row) => labels[row] === k);
      if (members.length === 0) throw new Error("empty");
      return members[0]!.map((___, j) =>
        Math.fround(members.reduce((sum, row) => sum + row[j]!, 0) / members.length),
      );
    });
  }
  return { labels: rows.map((row) => nearest(row, centroids)), centroids };
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("kmeans", () => {
  it.each(cases)(
    "comes to what faiss and scikit-learn come to from the same start: $name",
    async (golden) => {
      const data = pointsOf(golden);
      const start = Float32Array.from(
        golden.startRows.flatMap((row) => [...data.values.subarray(row * data.dim, (row + 1) * data.dim)]),
      );
      const clusters = golden.startRows.length;
      const { iterations, spherical } = golden;
      const found = await kmeans(data, { clusters, iterations, spherical, random, start });
      expect([...found.labels]).toEqual(golden.faiss.labels);
      assertClose(found.centroids, golden.faiss.centroids, 1e-5);
      expect(found.objective / golden.faiss.objective).toBeCloseTo(1, 5);
      if (golden.scikitLearn === undefined) return;
      expect([...found.labels]).toEqual(golden.scikitLearn.labels);
      expect(found.objective / golden.scikitLearn.objective).toBeCloseTo(1, 6);
    },
  );

  it("is Lloyd's algorithm, as in plain loops", async () => {
    const [count, dim, clusters] = [300, 7, 11];
    const values = fill("points for loops", count * dim, 1);
    const rows = Array.from({ length: count }, (_, i) => [...values.subarray(i * dim, (i + 1) * dim)]);
    const want = byLoops(rows, rows.slice(0, clusters), 6);
    const start = values.slice(0, clusters * dim);
    const found = await kmeans({ count, dim, values }, { clusters, iterations: 6, random, start });
    expect([...found.labels]).toEqual(want.labels);
    expect([...found.centroids]).toEqual(want.centroids.flat());
  });

  it("gives sizes, squared distances and their sum", async () => {
    const data = points([[0, 0], [0, 2], [10, 0], [10, 1], [10, 5]]); // prettier-ignore
    const found = await kmeans(data, { clusters: 2, random, start: Float32Array.of(0, 0, 10, 0) });
    expect([...found.labels]).toEqual([0, 0, 1, 1, 1]);
    expect([...found.centroids]).toEqual([0, 1, 10, 2]);
    expect([...found.sizes]).toEqual([2, 3]);
    expect([...found.distances]).toEqual([1, 1, 4, 1, 9]);
    expect(found.objective).toBe(16);
  });

  it("has one cluster's centroid in the mean, and as many clusters as rows in the rows", async () => {
    const data = points([[1, 2], [3, 4], [8, 0]]); // prettier-ignore
    const one = await kmeans(data, { clusters: 1, random });
    expect([...one.centroids]).toEqual([4, 2]);
    const all = await kmeans(data, { clusters: 3, random });
    expect([...all.centroids]).toEqual([...data.values]);
    expect([...all.labels]).toEqual([0, 1, 2]);
    expect(all.objective).toBe(0);
  });

  it("never grows its objective from one iteration to the next", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 2, max: 9 }), async (seed, k) => {
        const data = { count: 60, dim: 3, values: fill(`points ${seed}`, 180, 1) };
        const start = data.values.slice(0, k * 3);
        const objectives: number[] = [];
        for (const iterations of [1, 2, 3, 5]) {
          objectives.push((await kmeans(data, { clusters: k, iterations, random, start })).objective);
        }
        expect(objectives.toSorted((a, b) => b - a)).toEqual(objectives);
      }),
      { numRuns: 20 },
    );
  });

  it("draws its start by the seed, another for each redo, and keeps the best", async () => {
    const data = { count: 90, dim: 2, values: fill("redo", 180, 1) };
    const run = (redo: number, seed = 5) =>
      kmeans(data, { clusters: 8, iterations: 4, redo, random: randomStream(seed) });
    const [once, again, other, best] = [await run(1), await run(1), await run(1, 6), await run(8)];
    expect(again).toEqual(once);
    expect(other.objective).not.toBe(once.objective);
    expect(best.objective).toBeLessThan(Math.min(once.objective, other.objective));
  });

  it("leaves an empty cluster the centroid that it had, where that is asked for", async () => {
    const data = points([[0, 0], [0, 2], [10, 0]]); // prettier-ignore
    const start = Float32Array.of(0, 1, 0, 1); // all rows are nearest to the first of two equal centroids
    const options = { clusters: 2, iterations: 1, random, start };
    const kept = await kmeans(data, { ...options, empty: "keep" });
    assertClose(kept.centroids, [10 / 3, 2 / 3, 0, 1], 1e-6);
    expect([...kept.labels]).toEqual([1, 1, 0]);
    expect([...(await kmeans(data, options)).centroids].slice(2)).not.toEqual([0, 1]);
  });

  it("scales centroids to length 1 where it is spherical", async () => {
    const data = points([[1, 0], [0.6, 0.8], [-1, 0]]); // prettier-ignore
    const start = Float32Array.of(1, 0, -1, 0);
    const options = { iterations: 2, random, spherical: true };
    const found = await kmeans(data, { ...options, clusters: 2, start });
    expect([...found.labels]).toEqual([0, 0, 1]);
    assertClose(found.centroids, [2 / Math.sqrt(5), 1 / Math.sqrt(5), -1, 0], 1e-6); // of (0.8, 0.4)
    const rows = points([[3, 4], [0, 2]]); // prettier-ignore
    assertClose((await kmeans(rows, { ...options, clusters: 2 })).centroids, [0.6, 0.8, 0, 1], 1e-6);
  });

  it("fills every cluster, where few of the rows differ", async () => {
    const data = points(Array.from({ length: 40 }, (_, i) => [i % 4, i % 3]));
    const { sizes } = await kmeans(data, { clusters: 12, iterations: 20, random: randomStream(2) });
    expect([...sizes].filter((size) => size > 0).length).toBeGreaterThan(9);
    const equal = points(Array.from({ length: 6 }, () => [2, 1]));
    const found = await kmeans(equal, { clusters: 2, iterations: 3, random: randomStream(2) });
    expect(found.objective).toBeLessThan(1e-4);
  });

  it("tells each iteration of all runs, and frees what it made", async () => {
    const data = { count: 20, dim: 2, values: fill("told", 40, 1) };
    const told: (readonly number[])[] = [];
    const before = tf.memory().numTensors;
    const onIteration = (done: number, all: number) => void told.push([done, all]);
    await kmeans(data, { clusters: 3, iterations: 2, redo: 2, random, onIteration });
    expect(told).toEqual([[1, 4], [2, 4], [3, 4], [4, 4]]); // prettier-ignore
    expect(tf.memory().numTensors).toBe(before);
  });

  it("ends with the signal, and frees what it made", async () => {
    const data = { count: 20, dim: 2, values: fill("stopped", 40, 1) };
    const stop = new AbortController();
    const before = tf.memory().numTensors;
    const onIteration = () => stop.abort(new Error("enough"));
    const running = kmeans(data, { clusters: 3, random, signal: stop.signal, onIteration });
    await expect(running).rejects.toThrow("enough");
    expect(tf.memory().numTensors).toBe(before);
  });

  const three = points([[1, 2], [3, 4], [8, 0]]); // prettier-ignore
  it.each([
    [
      three,
      { clusters: 4 },
      "INVALID_OPTION: clusters must be from 1 to the 3 rows that are clustered, got 4.",
    ],
    [
      three,
      { clusters: 0 },
      "INVALID_OPTION: clusters must be from 1 to the 3 rows that are clustered, got 0.",
    ],
    [three, { clusters: 2, iterations: 0 }, "INVALID_OPTION: iterations must be 1 or more, got 0."],
    [three, { clusters: 2, redo: 1.5 }, "INVALID_OPTION: redo must be 1 or more, got 1.5."],
    [
      three,
      { clusters: 2, start: new Float32Array(2) },
      "SHAPE_MISMATCH: kmeans: start must have shape [4] (clusters times dim), got [2].",
    ],
    [
      { ...three, count: 2 },
      { clusters: 2 },
      "SHAPE_MISMATCH: kmeans: values must have shape [4] (count times dim), got [6].",
    ],
    [
      points([[0, 1], [2, Number.NaN]]), // prettier-ignore
      { clusters: 1 },
      "INVALID_DATA: kmeans: row 1 must have finite numbers alone, got NaN.",
    ],
  ])("says what is wrong: %#", async (data, options, message) => {
    expect(await refusal(() => kmeans(data, { random, ...options }))).toBe(message);
  });
});

describe("nearestCentroids", () => {
  /** Whatever rounding of float32 does to products of numbers like these. */
  it.each([
    ["far from the origin", 1000, 1e-3],
    ["all nearly the same", 1, 1e-7],
    ["so large that their squares overflow", 0, 1e30],
  ])("agrees with float64 to the last row: rows %s", async (_, offset, scale) => {
    const [count, dim, clusters] = [400, 6, 30];
    const values = fill("close calls", count * dim, 1).map((x) => offset + x * scale);
    const centroids = fill("their centroids", clusters * dim, 1).map((x) => offset + x * scale);
    centroids.copyWithin(5 * dim, 2 * dim, 3 * dim); // 5 is 2 again, which is the lower
    const want = Array.from({ length: count }, (__, row) => {
      const squared = Array.from({ length: clusters }, (___, k) => {
        let total = 0;
        for (let j = 0; j < dim; j++) total += (values[row * dim + j]! - centroids[k * dim + j]!) ** 2;
        return total;
      });
      return squared.indexOf(Math.min(...squared));
    });
    const nearest = nearestCentroids({ count, dim, values }, clusters);
    expect([...(await nearest.labels(centroids))]).toEqual(want);
    expect(want).not.toContain(5);
    await nearest.dispose();
  });

  it("takes rows in blocks", async () => {
    const [count, dim] = [9000, 1]; // more than a block has
    const values = Float32Array.from({ length: count }, (_, i) => i);
    const nearest = nearestCentroids({ count, dim, values }, 3);
    const labels = await nearest.labels(Float32Array.of(0, 8999, 4000));
    const turns = [...labels.keys()].filter((row) => labels[row] !== labels[row - 1]);
    expect(turns).toEqual([0, 2001, 6500]); // 2000 is as near to 0 as to 4000, and 0 is the lower
    await nearest.dispose();
  });

  it("lets other work of the process go on between two blocks, and ends with the signal there", async () => {
    const points = { count: 40_000, dim: 1, values: fill("many", 40_000, 1) };
    const stop = new AbortController();
    const nearest = nearestCentroids(points, 3, stop.signal);
    setImmediate(() => stop.abort(new Error("enough")));
    await expect(nearest.labels(Float32Array.of(-1, 0, 1))).rejects.toThrow("enough");
    await nearest.dispose();
  });

  it.each([
    ["all", 1],
    ["half", 0.5],
    ["a few", 0.1],
    ["none", 0],
  ])("finds the same when it knows where centroids were: %s of them moved", async (_, share) => {
    const [count, dim, clusters] = [2500, 3, 40];
    const values = fill("rows again", count * dim, 4).map(Math.round); // many are equally near to two
    const points = { count, dim, values };
    const nearest = nearestCentroids(points, clusters);
    const draw = randomStream(3, `moved ${share}`);
    let centroids = fill("first", clusters * dim, 4).map(Math.round);
    for (let call = 0; call < 6; call++) {
      const fresh = nearestCentroids(points, clusters);
      expect(await nearest.labels(centroids)).toEqual(await fresh.labels(centroids));
      await fresh.dispose();
      // By whole numbers, after which rows are as near to one that moved as to one that did not.
      const step = (i: number) => (Math.floor(i / dim) < share * clusters ? draw.integer(3) - 1 : 0);
      centroids = centroids.map((x, i) => x + step(i));
      if (call === 3) centroids.copyWithin(0, dim, 2 * dim); // two are the same from now on
    }
    await nearest.dispose();
  });

  it("knows the only one", async () => {
    const nearest = nearestCentroids(points([[1, 2], [3, 4], [8, 0]]), 1); // prettier-ignore
    expect([...(await nearest.labels(Float32Array.of(9, 9)))]).toEqual([0, 0, 0]);
    await nearest.dispose();
  });
});

describe("meanRows", () => {
  it("gives each call the means of its labels, to the bit, whatever the call before had", async () => {
    const [count, dim, clusters] = [300, 3, 7];
    const points = { count, dim, values: fill("to be averaged", count * dim, 1) };
    const meansOf = meanRows(points, clusters);
    const draw = randomStream(4, "labels");
    const labels = new Int32Array(count);
    for (let call = 0; call < 8; call++) {
      const { centroids, sizes } = await meansOf(labels);
      for (let k = 0; k < clusters; k++) {
        const rows = [...labels.keys()].filter((row) => labels[row] === k);
        expect(sizes[k]).toBe(rows.length);
        for (let j = 0; j < dim; j++) {
          const sum = rows.reduce((total, row) => total + points.values[row * dim + j]!, 0);
          expect(centroids[k * dim + j]).toBe(Math.fround(sum / Math.max(1, rows.length)));
        }
      }
      sizes.fill(0); // belongs to the caller
      for (let i = 0; i < 3 * call; i++) labels[draw.integer(count)] = draw.integer(3 + (call % 5));
    }
  });
});

describe("splitIntoEmpty", () => {
  it("moves two halves of a cluster apart by 1 / 1024, and halves its size", () => {
    const means = { centroids: Float32Array.of(1, 2, 3, 0, 0, 0), sizes: Int32Array.of(7, 0) };
    splitIntoEmpty(means, { count: 7, dim: 3 }, random);
    const [more, less] = [1 + 1 / 1024, 1 - 1 / 1024];
    assertClose(means.centroids, [less, 2 * more, 3 * less, more, 2 * less, 3 * more], 1e-7);
    expect([...means.sizes]).toEqual([4, 3]);
  });

  it("takes large clusters by their size, and those of one row never", () => {
    const taken = [0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      const sizes = Int32Array.of(1, 21, 11, 0);
      splitIntoEmpty({ centroids: new Float32Array(4), sizes }, { count: 33, dim: 1 }, random);
      taken[[1, 21, 11].findIndex((size, k) => sizes[k] !== size)]!++;
    }
    expect(taken[0]).toBe(0);
    // A walk passes cluster 1 with probability 20 / 29, and then takes 2 with 10 / 29, or goes round.
    const first = 20 / 29 / (1 - (9 / 29) * (19 / 29));
    expect(taken[1]! / 2000).toBeCloseTo(first, 1);
  });
});
