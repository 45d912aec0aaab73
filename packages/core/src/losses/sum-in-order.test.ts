import { createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { modes, tensorsLeft } from "../testing/index.ts";
import { sumInOrder } from "./sum-in-order.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("sumInOrder", () => {
  it("has a gradient of 1 in each of its values, and leaves its sum alone", () => {
    const values = [1, 2, 3].map((value) => tf.scalar(value));
    const gradients = tf.grads((...given) => sumInOrder(given as tf.Scalar[]))(values);
    expect(gradients.map((gradient) => gradient.dataSync()[0])).toEqual([1, 1, 1]);
    expect(tensorsLeft(() => sumInOrder(values))).toBe(1);
    expect(tensorsLeft(() => sumInOrder(values.slice(0, 1)))).toBe(1);
  });

  it.each(modes)(
    "of sums is the same to the bit in 200 runs, though its values are read as well: mode %s",
    async (mode) => {
      const program = createProgram({ state: {}, mode });
      const step = program.compile("sums", ({ x }) => {
        const values = tf.unstack(x!).map((each, i) => tf.mul<tf.Scalar>(each, 1 / (i + 3)));
        const [first, second] = [values.slice(0, 3), values.slice(3)].map(sumInOrder);
        const named = values.map((value, i) => [`value ${i}`, value] as const);
        return { ...Object.fromEntries(named), sum: sumInOrder([first!, second!]) };
      });
      const x = { values: Float32Array.of(1e-3, 7, -3e2, 11, 2e-2, 513), shape: [6] };
      const sums = new Set<number>();
      for (let run = 0; run < 200; run++) sums.add((await step.run({ x }))["sum"]!.values[0]!);
      await program.dispose();
      expect(sums.size).toBe(1);
    },
  );
});
