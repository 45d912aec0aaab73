import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { recordStep } from "../compile/record.ts";
import { createProgram } from "../compile/program.ts";
import { startEngine } from "../start.ts";
import { numbersOf, tensorsLeft } from "../testing/index.ts";
import { recomputed } from "./recomputed.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("recomputed", () => {
  it("has the value and the gradients of what it computes, variables included", () => {
    const scale = tf.variable(tf.scalar(5));
    const calls: boolean[] = [];
    const f = (x: tf.Scalar) =>
      recomputed(
        (a, again) => {
          calls.push(again);
          return tf.mul<tf.Scalar>(scale, tf.mul(a, tf.square(a)));
        },
        x,
        [scale],
      );
    const x = tf.variable(tf.scalar(2));
    const { value, grads } = tf.variableGrads(() => f(x), [x, scale]);
    const numbers = [value, grads[x.name]!, grads[scale.name]!].map((tensor) => numbersOf(tensor)[0]);
    expect(numbers).toEqual([40, 60, 8]); // 5 x³, 15 x², x³
    expect(calls).toEqual([false, true]);
  });

  it("leaves its result alone, and of its gradients those that were asked for", () => {
    const [x, scale] = [tf.scalar(3), tf.variable(tf.scalar(2))];
    const f = (a: tf.Tensor) => recomputed((b) => tf.sqrt(tf.square(tf.mul(b, scale))), a, [scale]);
    expect(tensorsLeft(() => f(x))).toBe(1);
    expect(tensorsLeft(() => tf.grad(f)(x))).toBe(1);
    expect(tensorsLeft(() => Object.values(tf.variableGrads(() => f(x).asScalar(), [scale]).grads))).toBe(2);
  });

  const cubes: Parameters<typeof recordStep>[0] = ({ x }) => ({
    dx: tf.grad((a: tf.Tensor) => recomputed((b) => tf.mul(b, tf.exp(tf.exp(b))), a, []))(x!),
  });

  it("computes again in a compiled step too, after the gradient that asks for it", async () => {
    const input = { x: { values: Float32Array.of(0, 1), shape: [2] } };
    const { nodes } = recordStep(cubes, input, {});
    const exps = nodes.filter(({ op }) => op === "Exp");
    expect(exps.map(({ input: from }) => from.filter((edge) => edge.startsWith("^")).length)).toEqual([
      0, 0, 1, 0,
    ]);

    const program = createProgram({ state: {} });
    const { dx } = await program.compile("cubes", cubes).run(input);
    // e^(e^x) (1 + x e^x)
    expect(dx!.values[0]).toBeCloseTo(Math.E, 5);
    expect(dx!.values[1]).toBeCloseTo(Math.exp(Math.E) * (1 + Math.E), 3);
    await program.dispose();
  });
});
