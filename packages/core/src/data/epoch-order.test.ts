import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { epochBatches } from "./epoch-order.ts";

describe("epochBatches", () => {
  it("gives whole batches, each image at most once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(),
        (size, batch, epoch) => {
          const batches = epochBatches(size, batch, { seed: 7, epoch });
          expect(batches).toHaveLength(Math.floor(size / batch));
          for (const each of batches) expect(each).toHaveLength(batch);
          const all = batches.flat();
          expect(new Set(all).size).toBe(all.length);
          expect(all.every((index) => index >= 0 && index < size)).toBe(true);
        },
      ),
    );
  });

  it("depends on the seed and the epoch, and on nothing else", () => {
    const order = (seed: number, epoch: number, batchSize = 10) =>
      epochBatches(100, batchSize, { seed, epoch }).flat();
    expect(order(1, 2)).toEqual(order(1, 2));
    expect(order(1, 2, 20)).toEqual(order(1, 2));
    expect(order(1, 3)).not.toEqual(order(1, 2));
    expect(order(2, 2)).not.toEqual(order(1, 2));
    expect(order(2, 1)).not.toEqual(order(1, 2));
  });

  it("leaves out other images each time", () => {
    const leftOut = Array.from({ length: 20 }, (_, epoch) => {
      const [batch] = epochBatches(5, 4, { seed: 0, epoch });
      return [0, 1, 2, 3, 4].find((index) => !batch!.includes(index));
    });
    expect(new Set(leftOut).size).toBe(5);
  });
});
