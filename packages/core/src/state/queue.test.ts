import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { refusal, tensorsLeft } from "../testing/index.ts";
import { createQueue } from "./queue.ts";
import { createStateStore } from "./store.ts";

function queueOf(size: number, seed = 0) {
  const store = createStateStore();
  return { store, queue: createQueue(store, "keys", { size, dim: 2, seed }) };
}
/** Rows that tell their number. */
const numbered = (from: number, count: number) =>
  tf.tensor2d(
    Array.from({ length: count }, (_, i) => [from + i, -(from + i)]),
    [count, 2],
  );
const firstColumn = (rows: tf.Tensor2D) => rows.arraySync().map(([first]) => first!);

beforeAll(() => startEngine({ device: "cpu" }));

describe("queue", () => {
  it("starts full of different rows of length 1, the same for the same seed and name", () => {
    const rows = queueOf(50).queue.rows().arraySync();
    for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
    expect(new Set(rows.map(String)).size).toBe(50);
    expect(queueOf(50).queue.rows().arraySync()).toEqual(rows);
    expect(queueOf(50, 1).queue.rows().arraySync()).not.toEqual(rows);
    const other = createQueue(createStateStore(), "other", { size: 50, dim: 2, seed: 0 });
    expect(other.rows().arraySync()).not.toEqual(rows);
  });

  it("starts with directions all around, not in one corner", () => {
    const rows = queueOf(400).queue.rows().arraySync();
    const mean = rows.reduce(([a, b], [x, y]) => [a! + x! / 400, b! + y! / 400], [0, 0]);
    expect(Math.hypot(...mean)).toBeLessThan(0.15);
  });

  it("overwrites the oldest rows first, around the end", () => {
    const { queue } = queueOf(5);
    expect(queue.pushed).toBe(0);
    queue.push(numbered(1, 5));
    queue.push(numbered(6, 3));
    expect(queue.pushed).toBe(3);
    expect(firstColumn(queue.rows())).toEqual([6, 7, 8, 4, 5]);
    queue.push(numbered(9, 3));
    expect(firstColumn(queue.rows())).toEqual([11, 7, 8, 9, 10]);
  });

  it("always holds the last rows pushed, whatever their number", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }), (counts) => {
        const { queue, store } = queueOf(5);
        queue.push(numbered(1, 5));
        let next = 6;
        for (const count of counts) {
          queue.push(numbered(next, count));
          next += count;
        }
        const held = firstColumn(queue.rows()).sort((a, b) => a - b);
        expect(held).toEqual([5, 4, 3, 2, 1].map((age) => next - age));
        store.dispose();
      }),
      { numRuns: 30 },
    );
  });

  it("goes on where it stood when its values are restored", () => {
    const [before, after] = [queueOf(5), queueOf(5, 1)];
    before.queue.push(numbered(1, 5));
    before.queue.push(numbered(6, 2));
    for (const { name, variable } of before.store.entries()) {
      after.store.get(name).variable.assign(variable);
    }
    after.queue.push(numbered(8, 2));
    expect(firstColumn(after.queue.rows())).toEqual([6, 7, 8, 9, 5]);
  });

  it("keeps the number of tensors", () => {
    const { queue } = queueOf(4);
    const rows = numbered(1, 3);
    expect(tensorsLeft(() => queue.push(rows))).toBe(0);
  });

  it("refuses rows that do not fit", async () => {
    const { queue } = queueOf(2);
    expect(await refusal(() => queue.push(tf.zeros([1, 3])))).toBe(
      'SHAPE_MISMATCH: queue "keys": pushed rows must have shape [B, 2], got [1, 3].',
    );
    expect(await refusal(() => queue.push(tf.zeros([3, 2])))).toBe(
      'INVALID_OPTION: queue "keys" must be at least the rows of one push (3), got 2.',
    );
  });
});
