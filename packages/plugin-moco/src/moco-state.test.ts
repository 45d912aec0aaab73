import { resnet20, sgd } from "@tssl/core/run";
import {
  assertClose,
  fill,
  meanColour,
  numbersOf,
  stepDescription,
  stepPart,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { moco } from "./moco.ts";

const BATCH = 4;
type Run = ReturnType<typeof testRun>;

function runOf(
  options: object,
  { encoder = { use: meanColour }, accumulate = 1 }: { encoder?: object; accumulate?: number } = {},
) {
  return testRun({
    encoder,
    plugins: [{ use: moco, dim: 4, queueSize: 6, ...options }],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: BATCH,
    accumulate,
    datasetSize: BATCH * 2,
  });
}

/** So far from grey that their mean colours, all that the encoder sees, tell them apart. */
const images = (name: string, count = BATCH) => tf.tensor4d(fill(name, count * 192, 10), [count, 8, 8, 3]);
const part = (run: Run, step = 0, name = "", count = BATCH) =>
  stepPart(run, { query: images(`query${name}`, count), key: images(`key${name}`, count) }, step);
const take = (run: Run, ...parts: ReturnType<typeof part>[]) => run.step(parts, tf.scalar(0.1));
const state = (run: Run, name: string) => numbersOf(run.store.get(`moco.${name}`).variable);

beforeAll(() => startEngine({ device: "cpu" }));

describe("shuffleBatchNorm", () => {
  const shuffled = { batchNormGroups: 2, shuffleBatchNorm: true };

  it("hands in an order and its inverse", () => {
    const run = runOf(shuffled);
    for (let step = 0; step < 5; step++) {
      const [order, inverse] = (part(run, step).inputs["moco.shuffle"] as tf.Tensor2D).arraySync();
      expect(order!.toSorted()).toEqual([0, 1, 2, 3]);
      expect(order!.map((from) => inverse![from])).toEqual([0, 1, 2, 3]);
    }
  });

  it("gives the keys back in their own order: without batch norm nothing changes", () => {
    const [plain, other] = [runOf({}), runOf(shuffled)];
    const [want, got] = [take(plain, part(plain)), take(other, part(other, 3))];
    assertClose(got["moco/infoNce"]!, want["moco/infoNce"]!, 1e-6);
    assertClose(state(other, "keys.rows"), state(plain, "keys.rows"), 1e-6);
  });

  it("puts keys into groups with other images than their queries", () => {
    const encoder = { use: resnet20, widths: [4, 4, 4] };
    const runs = [{ batchNormGroups: 2 }, shuffled].map((options) => runOf(options, { encoder }));
    const keys = runs.map((run) => {
      const input = part(run);
      // 0 and 1 are normalized with 2 and 3, where the plain order has 0 with 1.
      if ("moco.shuffle" in input.inputs) {
        Object.assign(input.inputs, { "moco.shuffle": tf.tensor2d([[0, 2, 1, 3], [0, 2, 1, 3]], [2, 4], "int32") }); // prettier-ignore
      }
      take(run, input);
      return Array.from(state(run, "keys.rows")).slice(0, BATCH * 4);
    });
    expect(() => assertClose(keys[1]!, keys[0]!, 1e-2)).toThrow();
  });
});

describe("the queue", () => {
  it("takes the keys of every accumulated part, around its end", () => {
    const run = runOf({}, { accumulate: 2 });
    const before = Array.from(state(run, "keys.rows"));
    const parts = [part(run, 0, "a", 2), part(run, 0, "b", 2)];
    take(run, ...parts);
    expect(state(run, "keys.cursor")[0]).toBe(4);
    const after = Array.from(state(run, "keys.rows"));
    expect(after.slice(16)).toEqual(before.slice(16));
    expect(after.slice(0, 16)).not.toEqual(before.slice(0, 16));
    take(run, ...parts);
    expect(state(run, "keys.cursor")[0]).toBe(2);
  });

  it("is compared with before this step's keys enter it", () => {
    const run = runOf({ temperature: 1 });
    const rows = Array.from(state(run, "keys.rows"));
    const { "moco/infoNce": loss } = take(run, part(run));
    const keys = Array.from(state(run, "keys.rows")).slice(0, BATCH * 4);
    // Query and key network are still equal, so the queries of key images would be the keys themselves.
    const again = runOf({ temperature: 1 });
    const same = stepPart(again, { query: images("key"), key: images("key") });
    const { "moco/infoNce": want } = take(again, same);
    const byHand = [0, 1, 2, 3].map((i) => {
      const key = keys.slice(i * 4, i * 4 + 4);
      const to = (row: number) => key.reduce((sum, x, d) => sum + x * rows[row * 4 + d]!, 0);
      const negatives = [0, 1, 2, 3, 4, 5].reduce((sum, row) => sum + Math.exp(to(row)), 0);
      return Math.log(1 + negatives / Math.E);
    });
    assertClose(want!, [byHand.reduce((sum, x) => sum + x / 4, 0)], 1e-5);
    expect(() => assertClose(loss!, want!, 1e-5)).toThrow();
  });
});

describe("the momentum encoder", () => {
  it("moves once per step with the momentum of the step", () => {
    const run = runOf({ momentum: 0.5, momentumSchedule: "cosine" }, { accumulate: 2 });
    for (const [step, momentum] of [0.5, 0.75].entries()) {
      const before = state(run, "target.head.0.weight");
      take(run, part(run, step, "a", 2), part(run, step, "b", 2));
      const online = state(run, "online.head.0.weight");
      const want = Array.from(before, (old, i) => momentum * old + (1 - momentum) * online[i]!);
      assertClose(state(run, "target.head.0.weight"), want, 1e-6);
    }
  });
});

describe("a step", () => {
  it("names its chance level: log of all candidates", () => {
    const levels = [false, true].map((inBatchNegatives) => {
      const run = runOf({ inBatchNegatives });
      return stepDescription(run, [part(run)]).chanceLevels["moco/infoNce"];
    });
    expect(levels).toEqual([Math.log(1 + 6), Math.log(1 + 6 + 3)]);
  });
});
