import { usesDevice, startEngine } from "@tssl/engine";
import { cpuPlugin, fill } from "@tssl/engine/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";

import { nearestCentroids } from "../clustering/nearest-centroids.ts";
import { squaredDistances } from "../clustering/squared-distances.ts";
import { unitRows } from "../state/unit-rows.ts";
import { similaritySearch } from "./similarity-search.ts";

const plugin = await cpuPlugin();

/** Places of the largest numbers, of equal ones the lower place first. */
const largest = (numbers: readonly number[], count: number): number[] =>
  Array.from(numbers.keys())
    .sort((a, b) => numbers[b]! - numbers[a]! || a - b)
    .slice(0, count);

describe.skipIf(plugin === undefined)("where the engine uses the plugin of a device", () => {
  beforeAll(async () => {
    vi.stubEnv("TSSL_PJRT_PLUGIN", plugin);
    await startEngine({ backend: "pjrt" });
    expect(usesDevice()).toBe(true);
  });

  it("the most similar rows are those of products in loops, in whole blocks and in a part of one", async () => {
    const [count, dim, k] = [50, 6, 4];
    const values = unitRows(Float32Array.from(fill("a bank", count * dim, 1)), dim);
    values.copyWithin(7 * dim, 3 * dim, 4 * dim); // the same row twice: the lower place comes first
    const search = similaritySearch({ values, dim }, { count: k, most: 4 });
    for (const queries of [
      unitRows(Float32Array.from(fill("four", 4 * dim, 1)), dim),
      values.slice(0, dim),
    ]) {
      const { similarities, places } = await search.mostSimilarTo(queries);
      for (let q = 0; q < queries.length / dim; q++) {
        const products = Array.from({ length: count }, (_, row) => {
          let sum = 0;
          for (let j = 0; j < dim; j++) sum += values[row * dim + j]! * queries[q * dim + j]!;
          return sum;
        });
        const want = largest(products, k);
        expect([...places.subarray(q * k, (q + 1) * k)]).toEqual(want);
        want.forEach((row, i) => expect(similarities[q * k + i]).toBeCloseTo(products[row]!, 6));
      }
    }
    await search.dispose();
  });

  it("the nearest centroids are those of distances in loops", async () => {
    const [count, dim, clusters] = [300, 5, 17];
    const values = Float32Array.from(fill("rows", count * dim, 1));
    const centroids = Float32Array.from(fill("their centroids", clusters * dim, 1));
    const points = { count, dim, values };
    const nearest = nearestCentroids(points, clusters);
    for (const moved of [0, 4]) {
      centroids.copyWithin(2 * dim, moved * dim, (moved + 2) * dim); // of the second call, two have moved
      const distances = Array.from({ length: clusters }, (_, k) =>
        squaredDistances(points, centroids, new Int32Array(count).fill(k)),
      );
      const want = Array.from({ length: count }, (_, row) => {
        const nearness = distances.map((each) => -each[row]!);
        return largest(nearness, 1)[0];
      });
      expect([...(await nearest.labels(centroids))]).toEqual(want);
    }
    await nearest.dispose();
  });
});
