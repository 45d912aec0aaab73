import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { tensorsLeft } from "../testing/index.ts";
import { differentiable, withoutGradient } from "./differentiable.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("withoutGradient", () => {
  it("lets a factor count as a constant", () => {
    const dx = tf.grad((x) =>
      tf.mul(
        x,
        withoutGradient(() => tf.square(x)),
      ),
    )(tf.scalar(3));
    expect(dx.dataSync()[0]).toBe(9);
  });

  it("passes the values through, and leaves one tensor", () => {
    const x = tf.scalar(3);
    expect(withoutGradient(() => tf.square(x)).dataSync()[0]).toBe(9);
    expect(tensorsLeft(() => withoutGradient(() => tf.sqrt(tf.square(x))))).toBe(1);
  });

  it("says that it takes a function", () => {
    const call = withoutGradient as (tensor: unknown) => unknown;
    expect(() => call(tf.scalar(3))).toThrow("withoutGradient takes a function that computes the tensor");
  });

  it("sends nothing to variables that are read inside", () => {
    const [inside, outside] = [tf.variable(tf.scalar(2)), tf.variable(tf.scalar(5))];
    const { grads } = tf.variableGrads(
      () =>
        tf
          .mul(
            withoutGradient(() => tf.square(inside)),
            outside,
          )
          .asScalar(),
      [inside, outside],
    );
    expect(grads[outside.name]?.dataSync()[0]).toBe(4);
    expect(grads[inside.name]).toBeUndefined();
  });
});

describe("differentiable", () => {
  /** x², y³ and what of both gradients was computed. */
  const powers = (asked: string[]) => (x: tf.Tensor, y: tf.Tensor) => {
    const [product] = differentiable({
      inputs: { x, y },
      forward: (save) => {
        save([x, y]);
        return [tf.mul(tf.square(x), tf.pow(y, 3))];
      },
      gradients: ([dy], [a, b]) => ({
        x: () => (asked.push("x"), tf.mul(dy!, tf.mul(tf.mul(a!, 2), tf.pow(b!, 3)))),
        y: () => (asked.push("y"), tf.mul(dy!, tf.mul(tf.square(a!), tf.mul(tf.square(b!), 3)))),
      }),
    });
    return product!;
  };

  it("uses the gradients it was given", () => {
    const grads = tf.grads(powers([]))([tf.scalar(2), tf.scalar(3)]);
    expect(grads.map((g) => g.dataSync()[0])).toEqual([108, 108]);
  });

  it("computes only those that are needed", () => {
    const asked: string[] = [];
    const y = tf.scalar(3);
    tf.grad((x) => powers(asked)(x, y))(tf.scalar(2));
    expect(asked).toEqual(["x"]);
  });
});
