import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { compiledModes } from "../testing/index.ts";
import { computeFirst } from "./compute-first.ts";
import { createProgram } from "./program.ts";
import { recordStep } from "./record.ts";

const MODES = await compiledModes();
const inputs = { x: { values: Float32Array.of(1, 2), shape: [2] } };

/** Two parts that know nothing of each other, the second after the first. */
const inTwoParts = ({ x }: Readonly<Record<string, tf.Tensor>>) => {
  const first = tf.exp(x!);
  computeFirst([first]);
  const second = tf.square(tf.mul(tf.neg(x!), 2));
  return { sum: tf.add(first, second) };
};

beforeAll(() => startEngine({ device: "cpu" }));

it("makes what follows wait, where it uses nothing that waits already", () => {
  const { nodes } = recordStep(inTwoParts, inputs, {});
  const waiting = nodes.filter(({ input }) => input.some((edge) => edge.startsWith("^computed")));
  expect(nodes.find(({ op }) => op === "NoOp")!.input).toEqual([
    `^${nodes.find(({ op }) => op === "Exp")!.name}`,
  ]);
  expect(waiting.map(({ op }) => op)).toEqual(["Neg"]);
});

it.each(["eager", ...MODES] as const)("changes no value in mode %s", async (mode) => {
  const program = createProgram({ state: {}, mode });
  const { sum } = await program.compile("parts", inTwoParts).run(inputs);
  expect(sum!.values[0]).toBeCloseTo(Math.E + 4, 5);
  await program.dispose();
});

it("says nothing outside a recording", () => {
  expect(() => computeFirst([tf.scalar(1)])).not.toThrow();
});
