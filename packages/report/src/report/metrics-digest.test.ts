import { expect, test } from "vitest";

import { digestOf, openDigest } from "./metrics-digest.ts";

const row = (step: number, values: Record<string, number>) => ({ step, epoch: step / 100, values });

test("a short log is told value by value, and kNN apart", () => {
  const digest = digestOf([
    row(0, { knn: 0.2 }),
    row(1, { loss: 3, rank: NaN }),
    row(2, { loss: 2, lr: 0.1 }),
    row(2, { knn: 0.4 }),
  ]);
  expect(digest.step).toBe(2);
  expect(digest.knn).toEqual([
    { step: 0, epoch: 0, accuracy: 0.2 },
    { step: 2, epoch: 0.02, accuracy: 0.4 },
  ]);
  expect(digest.curves).toEqual([
    { name: "loss", steps: [1, 2], epochs: [0.01, 0.02], values: [3, 2], perPoint: 1, latest: 2 },
    { name: "rank", steps: [1], epochs: [0.01], values: [NaN], perPoint: 1, brokenSince: 1 },
    { name: "lr", steps: [2], epochs: [0.02], values: [0.1], perPoint: 1, latest: 0.1 },
  ]);
  expect(digest.healthRows.map(({ step }) => step)).toEqual([1, 2]);
});

test("a log of any length has at most a thousand points, which are means of equally many values", () => {
  const open = openDigest();
  for (let step = 1; step <= 100_000; step++)
    open.add(row(step, { loss: step, ...(step % 50 === 0 ? { share: 1 } : {}) }));
  const { curves, healthRows } = open.digest();
  const [loss, share] = curves;
  expect(loss).toMatchObject({ perPoint: 128, latest: 100_000 });
  expect(loss!.values).toHaveLength(Math.ceil(100_000 / 128));
  expect(loss!.values.slice(0, 2)).toEqual([64.5, 192.5]);
  expect(loss!.steps.slice(0, 2)).toEqual([128, 256]);
  expect(loss!.steps.at(-1)).toBe(100_000);
  expect(share).toMatchObject({ perPoint: 2 }); // each metric by how often it was logged
  expect(healthRows.length).toBeLessThanOrEqual(2002);
});

test("the first and the last of many accuracies stay as they were logged", () => {
  const { knn } = digestOf(Array.from({ length: 5001 }, (_, i) => row(i * 10, { knn: i / 10_000 })));
  expect(knn.length).toBeLessThanOrEqual(1001);
  expect(knn[0]).toMatchObject({ step: 0, accuracy: 0 });
  expect(knn.at(-1)).toMatchObject({ step: 50_000, accuracy: 0.5 });
});

test("the step from which on a metric is no number is exact", () => {
  const rows = Array.from({ length: 5000 }, (_, i) => row(i + 1, { loss: i < 4321 ? 1 : NaN }));
  expect(digestOf(rows).curves[0]).toMatchObject({ latest: 1, brokenSince: 4322 });
  expect(digestOf([...rows, row(5001, { loss: 2 })]).curves[0]!.brokenSince).toBeUndefined();
});
