import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { withoutGradient } from "../ops/index.ts";
import { startEngine } from "../start.ts";
import { holdingConstants } from "./held-constants.ts";
import { watchAssignments } from "./watch-assignments.ts";
import { watchTensors } from "../watch-tensors.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("watchTensors", () => {
  it("knows what is left and when it was made; clones and variables too", () => {
    let phase = "before";
    const watch = watchTensors(() => phase);
    const one = tf.scalar(1);
    phase = "within";
    const left = tf.tidy(() => tf.add(tf.square(one), 1));
    const copy = one.clone();
    const variable = tf.variable(left);
    expect(watch.living().map(({ tensor, label }) => [label, tensor.id])).toEqual([
      ["before", one.id],
      ...[left, copy, variable].map(({ id }) => ["within", id]),
    ]);
    watch.stop();
    const unseen = tf.scalar(2);
    tf.dispose([one, left, copy, variable]);
    expect(watch.living()).toEqual([]);
    unseen.dispose();
  });
});

describe("watchAssignments", () => {
  it("names each variable, and ends with the call", () => {
    const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))];
    const seen: number[] = [];
    const note = ({ id }: tf.Variable) => seen.push(id);
    expect(watchAssignments(note, () => (b.assign(tf.scalar(3)), a.assign(tf.scalar(4)), "done"))).toBe(
      "done",
    );
    a.assign(tf.scalar(5));
    expect(seen).toEqual([b.id, a.id]);
    expect([a, b].map((variable) => variable.dataSync()[0])).toEqual([5, 3]);
  });
});

describe("holdingConstants", () => {
  it("holds what withoutGradient gave at first, and lets the rest move", () => {
    const { f, release } = holdingConstants((x: number) =>
      tf.tidy(() => {
        const square = withoutGradient(() => tf.square(withoutGradient(() => tf.scalar(x))));
        const twice = withoutGradient(() => tf.scalar(2 * x));
        return tf.add(tf.mul(x, square), twice).dataSync()[0];
      }),
    );
    const before = tf.memory().numTensors;
    expect([f(3), f(4), f(5)]).toEqual([33, 42, 51]);
    expect(tf.memory().numTensors).toBe(before + 2);
    release();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("leaves custom gradients with inputs alone", () => {
    const square = tf.customGrad((x) => ({
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy) => [dy],
    }));
    const { f } = holdingConstants((x: number) => square(tf.scalar(x)).dataSync()[0]);
    expect([f(2), f(3)]).toEqual([4, 9]);
  });
});
