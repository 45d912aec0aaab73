import { randomStream } from "@tssl/augment-zoo";
import { startEngine } from "@tssl/engine";
import { beforeAll, expect, it } from "vitest";

import { fill } from "../testing/index.ts";
import { kmeans } from "../clustering/kmeans.ts";
import { clusterInTurn } from "./cluster-in-turn.ts";

beforeAll(() => startEngine({ device: "cpu" }));

it("clusters one after another by one stream of random numbers, and tells how far it is", async () => {
  const told: string[] = [];
  const { signal } = new AbortController();
  const progress = (share: number, what: string) => void told.push(`${share} ${what}`);
  const works = ["a", "b"].map((name, m) => ({
    points: { count: 20, dim: 2, values: fill(name, 40, 1) },
    clusters: 3 + m,
    iterations: 2,
  }));
  const found = await clusterInTurn({ random: randomStream(3), signal, progress }, works);

  const random = randomStream(3);
  for (const [m, { points, ...options }] of works.entries()) {
    expect(found[m]).toEqual(await kmeans(points, { ...options, random }));
  }
  expect(told).toEqual([
    "0.25 k-means, 1 of 2 clusterings",
    "0.5 k-means, 1 of 2 clusterings",
    "0.75 k-means, 2 of 2 clusterings",
    "1 k-means, 2 of 2 clusterings",
  ]);
});

it("ends with the signal", async () => {
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  const points = { count: 20, dim: 2, values: fill("c", 40, 1) };
  const context = { random: randomStream(3), signal: stop.signal, progress: () => {} };
  await expect(clusterInTurn(context, [{ points, clusters: 3 }])).rejects.toThrow("stopped");
});
