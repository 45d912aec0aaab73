import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { tensorsLeft } from "../testing/index.ts";
import { inputReader } from "./inputs.ts";
import { createStepRandom } from "./step-random.ts";

const moment = { name: "random.moment" };
const at = (step: number, part = 0) => inputReader({ "random.moment": tf.tensor1d([step, part], "int32") });
const source = (name = "negatives", seed = 1) => createStepRandom(seed, name, moment);
const integers = (context = at(0), random = source(), count = 1000, below = 7) =>
  Array.from(random.integers<tf.Rank.R1>(context, [count], below).dataSync());

beforeAll(() => startEngine({ device: "cpu" }));

describe("random numbers of a step", () => {
  it("depend on seed, name, step and part, and on nothing else", () => {
    const drawn = integers();
    expect(integers()).toEqual(drawn);
    for (const other of [
      integers(at(1)),
      integers(at(0, 1)),
      integers(at(0), source("others")),
      integers(at(0), source("negatives", 2)),
    ]) {
      expect(other).not.toEqual(drawn);
    }
  });

  it("are the first of a longer draw: the place alone counts", () => {
    expect(integers(at(3), source(), 10)).toEqual(integers(at(3), source(), 50).slice(0, 10));
  });

  it("are uniform: chi-square of 70,000 integers over 7 values", () => {
    const counts = new Array<number>(7).fill(0);
    for (const value of integers(at(5), source(), 70_000)) counts[value]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.46); // 6 degrees of freedom, p = 0.001
  });

  it("fill any shape, and lie in [0, 1) where they are no integers", () => {
    const values = source().uniform<tf.Rank.R2>(at(0), [100, 30]);
    expect(values.shape).toEqual([100, 30]);
    const numbers = Array.from(values.dataSync());
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02); // four standard errors
  });

  it("permute: each number once, another order each step, every place alike", { tags: "long" }, () => {
    const orders = Array.from({ length: 240 }, (_, step) =>
      Array.from(source().permutation(at(step), 6).dataSync()),
    );
    for (const order of orders) expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const first = new Array<number>(6).fill(0);
    for (const order of orders) first[order[0]!]!++;
    const chiSquare = first.reduce((sum, count) => sum + (count - 40) ** 2 / 40, 0);
    expect(chiSquare).toBeLessThan(20.52); // 5 degrees of freedom, p = 0.001
  });

  it("leave nothing behind", () => {
    const context = at(1);
    const random = source();
    expect(tensorsLeft(() => random.integers(context, [10], 3).dispose())).toBe(0);
    expect(tensorsLeft(() => random.uniform(context, [10]).dispose())).toBe(0);
    expect(tensorsLeft(() => random.permutation(context, 10).dispose())).toBe(0);
  });
});
