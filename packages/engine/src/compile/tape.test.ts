import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { tfjsEngine } from "../tfjs-internals.ts";
import { recordStep } from "./record.ts";
import { watchTape } from "./tape.ts";

beforeAll(() => startEngine({ device: "cpu" }));

/** Ops of a recorded step: "Mul", and "Mul of Square" for one that the gradient of Square made. */
function opsOf(step: () => Record<string, tf.Tensor>, state: Record<string, tf.Variable>): string[] {
  const { nodes, gradientOf } = recordStep(step, {}, state);
  const opOf = new Map(nodes.map(({ name, op }) => [name, op]));
  return nodes
    .filter(({ op }) => op !== "Const")
    .map(({ name, op }) => {
      const forward = gradientOf.get(name);
      return forward === undefined ? op : `${op} of ${opOf.get(forward) ?? "the sum"}`;
    });
}

it("tells which op each op of a gradient is the gradient of", () => {
  const w: tf.Variable = tf.variable(tf.tensor1d([1, 2]));
  const ops = opsOf(
    () => {
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.add(tf.exp(w), tf.sin(w))), [w]);
      return { value, step: tf.neg(grads[w.name]!) };
    },
    { w },
  );
  expect(ops.slice(0, 4)).toEqual(["Exp", "Sin", "Add", "Sum"]);
  expect(ops).toContain("Mul of Exp");
  expect(ops).toContain("Cos of Sin");
  // w feeds both, so their gradients are added up, by no op's gradient.
  expect(ops).toContain("Add of the sum");
  expect(ops.at(-1)).toBe("Neg");
});

it("knows the ops of a gradient that the user wrote", () => {
  const w: tf.Variable = tf.variable(tf.tensor1d([1, 2]));
  const halved = tf.customGrad((x) => ({
    value: tf.square(x as tf.Tensor),
    gradFunc: (dy) => tf.div(dy, 2),
  }));
  const ops = opsOf(() => ({ g: tf.variableGrads(() => tf.sum(halved(w)), [w]).grads[w.name]! }), { w });
  expect(ops).toContain("RealDiv of Square");
});

it("leaves tfjs as it was, after an error too", () => {
  const engine = tfjsEngine();
  const methods = () => [engine.gradients, engine.addTapeNode];
  const before = methods();
  const tape = watchTape();
  expect(methods()).not.toEqual(before);
  expect(() =>
    tf.grad(() => {
      throw new Error("no loss");
    })(tf.scalar(1)),
  ).toThrow("no loss");
  expect(tape.backward).toBe(false);
  tape.stop();
  expect(methods()).toEqual(before);
});
