import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { assertClose, refusal } from "../testing/index.ts";
import type { Build } from "./build.ts";
import { keyQueue, type KeyQueueOptions } from "./key-queue.ts";
import type { StepContext } from "./plugin.ts";
import { rowsOfReplica, worldOfOne } from "../state/replicas.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const earlier = [[0, 1], [-1, 0], [0, -1]]; // prettier-ignore

/** A queue of three keys, and what is pushed into it. */
function made(options: Partial<KeyQueueOptions> = {}, facts = { imagesPerPass: 2 }) {
  const pushed: number[][][] = [];
  const queue = {
    rows: () => tf.tensor2d(earlier),
    push: (rows: tf.Tensor2D) => pushed.push(rows.arraySync()),
  };
  const build = { facts, queue: () => queue } as unknown as Build;
  const keys = keyQueue(build, { plugin: "moco", queueSize: 3, dim: 2, temperature: 1, ...options });
  return { keys, pushed };
}

const alone = { replicas: worldOfOne, keep: (tensor: tf.Tensor) => tensor } as unknown as StepContext;
/** The second of two replicas, whose other has the keys negated. */
const second = {
  ...alone,
  replicas: { ...rowsOfReplica(1, 2), gather: (rows: tf.Tensor2D) => tf.concat2d([tf.neg(rows), rows], 0) },
} as unknown as StepContext;

const identity = () => tf.tensor2d([[1, 0], [0, 1]]); // prettier-ignore

describe("keyQueue", () => {
  it("contrasts each query with its key and the queue", () => {
    const { of, chance } = made().keys.against(identity(), alone);
    const e = Math.E;
    // Query 0 has cosines 0, -1, 0 with the queue, query 1 has 1, 0, -1.
    const want = [Math.log((e + 2 + 1 / e) / e), Math.log((2 * e + 1 + 1 / e) / e)];
    assertClose(of(identity()).loss, [(want[0]! + want[1]!) / 2], 1e-5);
    expect(chance).toBeCloseTo(Math.log(4), 12);
  });

  it("has the other keys of all replicas as negatives where asked to", () => {
    expect(made({ inBatchNegatives: true }).keys.against(identity(), second).chance).toBeCloseTo(
      Math.log(3 + 4),
      12,
    );
  });

  it("publishes the keys of all replicas and the queue, with this replica's as positives", () => {
    const contrast = made().keys.against(identity(), second);
    const { candidates, queries } = contrast.spaceOf(identity(), identity);
    expect(candidates.arraySync()).toEqual([[-1, -0], [-0, -1], [1, 0], [0, 1], ...earlier]); // prettier-ignore
    expect(queries["query"]!.positives.arraySync()).toEqual([2, 3]);
    assertClose(queries["query"]!.lossOf(identity()), contrast.of(identity()).loss.dataSync(), 0);
  });

  it("pushes the keys of all replicas", () => {
    const { keys, pushed } = made();
    keys.against(identity(), second).push();
    expect(pushed).toEqual([[[-1, -0], [-0, -1], [1, 0], [0, 1]]]); // prettier-ignore
  });

  it("refuses a queue that the keys of one forward pass do not fit into", async () => {
    const facts = { imagesPerPass: 64 };
    expect(await refusal(() => made({ queueSize: 50 }, facts))).toBe(
      "INVALID_OPTION: plugins.moco.queueSize must be at least 64, the images of one forward pass " +
        "(batchSize / accumulate), got 50.",
    );
  });
});
