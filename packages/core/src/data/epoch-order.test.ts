import type { ImageFile } from "@tssl/augment-zoo";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { epochOrder, inBatches } from "./epoch-order.ts";

const files = (count: number) => Array.from({ length: count }, (_, i) => `${i}.png`);
const shuffled = (count: number, seed: number, epoch: number) =>
  Array.from(epochOrder(files(count), { seed, shuffleBuffer: null })(epoch));

/** Images 0 .. 99 of ten shards: 0 .. 9 in the first, from front to back, and so on. */
const sharded: readonly ImageFile[] = Array.from({ length: 100 }, (_, i) => ({
  path: `${Math.floor(i / 10)}.tar`,
  name: `${i}.png`,
  offset: 512 * (i % 10),
  size: 100,
}));
const throughBuffer = (shuffleBuffer: number, { seed = 3, epoch = 0, set = sharded } = {}) =>
  Array.from(epochOrder(set, { seed, shuffleBuffer })(epoch));
const upwards = (order: readonly number[]) => [...order].sort((a, b) => a - b);
const all = Array.from({ length: 100 }, (_, i) => i);

describe("an order over the whole set", () => {
  it("depends on the seed and the epoch, and on nothing else", () => {
    expect(shuffled(100, 1, 2)).toEqual(shuffled(100, 1, 2));
    expect(upwards(shuffled(100, 1, 2))).toEqual(all);
    expect(shuffled(100, 1, 3)).not.toEqual(shuffled(100, 1, 2));
    expect(shuffled(100, 2, 2)).not.toEqual(shuffled(100, 1, 2));
    expect(shuffled(100, 2, 1)).not.toEqual(shuffled(100, 1, 2));
  });

  it("is the same for shards", () => {
    expect(Array.from(epochOrder(sharded, { seed: 1, shuffleBuffer: null })(2))).toEqual(shuffled(100, 1, 2));
  });

  it("leaves out other images each time where a batch does not fill", () => {
    const leftOut = Array.from({ length: 20 }, (_, epoch) => {
      const [batch] = inBatches(Int32Array.from(shuffled(5, 0, epoch)), 4);
      return [0, 1, 2, 3, 4].find((index) => !batch!.includes(index));
    });
    expect(new Set(leftOut).size).toBe(5);
  });
});

describe("an order by shards", () => {
  it("reads shards one after another from front to back where one image waits", () => {
    const order = throughBuffer(1);
    const shards = Array.from({ length: 10 }, (_, i) => order.slice(10 * i, 10 * i + 10));
    for (const shard of shards) expect(shard).toEqual(Array.from({ length: 10 }, (_, i) => shard[0]! + i));
    const first = shards.map(([start]) => start! / 10);
    expect(upwards(first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(first).not.toEqual(upwards(first));
  });

  it("goes by the places in a shard, not by names", () => {
    const set = [5, 0, 3].map((place) => ({ path: "a.tar", name: `${place}.png`, offset: place, size: 1 }));
    expect(throughBuffer(1, { set })).toEqual([1, 2, 0]);
  });

  it("draws each image once, and none before it was read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.nat(), fc.nat(), (buffer, seed, epoch) => {
        const order = throughBuffer(buffer, { seed, epoch });
        expect(upwards(order)).toEqual(all);
        const read = throughBuffer(1, { seed, epoch });
        order.forEach((image, i) => expect(read.indexOf(image)).toBeLessThan(i + buffer));
      }),
      { numRuns: 30 },
    );
  });

  it("lets any waiting image be the next", () => {
    const firsts = Array.from({ length: 200 }, (_, epoch) => {
      const read = throughBuffer(1, { epoch });
      return read.indexOf(throughBuffer(4, { epoch })[0]!);
    });
    expect(upwards([...new Set(firsts)])).toEqual([0, 1, 2, 3]);
  });

  it("depends on the seed and the epoch", () => {
    expect(throughBuffer(20)).toEqual(throughBuffer(20));
    expect(throughBuffer(20, { epoch: 1 })).not.toEqual(throughBuffer(20));
    expect(throughBuffer(20, { seed: 4 })).not.toEqual(throughBuffer(20));
  });
});

describe("inBatches", () => {
  it("gives whole batches, in order", () => {
    expect(inBatches(Int32Array.of(5, 3, 8, 1, 9), 2)).toEqual([
      [5, 3],
      [8, 1],
    ]);
    expect(inBatches(Int32Array.of(5, 3), 3)).toEqual([]);
  });
});
