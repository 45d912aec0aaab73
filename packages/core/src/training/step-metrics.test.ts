import { describe, expect, it } from "vitest";

import type { Queue } from "../state/queue.ts";
import { queueLevels } from "./step-metrics.ts";

/** Levels of a queue of so many rows, after each of steps that push so many. */
function levels(size: number, pushes: readonly number[]) {
  const queues = { keys: { size } as Queue };
  let metrics: Record<string, number> = {};
  return pushes.map((rows) => {
    metrics = queueLevels(queues, metrics, { keys: rows });
    return [metrics["keys/filled"], metrics["keys/oldestSteps"]];
  });
}

describe("queueLevels", () => {
  it("is the share of rows that hold embeddings, also where batches do not divide the queue", () => {
    expect(levels(40, [16, 16, 16, 16])).toEqual([[0.4, 1], [0.8, 2], [1, 3], [1, 3]]); // prettier-ignore
  });

  it("begins with the first push, and ages without more", () => {
    const none = [undefined, undefined];
    expect(levels(32, [0, 16, 0, 16])).toEqual([none, [0.5, 1], [0.5, 2], [1, 2]]);
  });

  it("goes on from the metrics of a checkpoint", () => {
    const before = { "keys/filled": 0.4, "keys/oldestSteps": 1 };
    expect(queueLevels({ keys: { size: 40 } as Queue }, before, { keys: 16 })).toEqual({
      "keys/filled": 0.8,
      "keys/oldestSteps": 2,
    });
  });
});
