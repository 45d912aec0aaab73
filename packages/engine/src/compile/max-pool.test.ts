import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { maxPool2d, type MaxPool2dOptions } from "../ops/max-pool2d.ts";
import { startEngine } from "../start.ts";
import { fill } from "../testing/index.ts";
import type { Step } from "./compiled-step.ts";
import type { EngineMode } from "./mode.ts";
import { withRememberedMaxima } from "./max-pool.ts";
import { createProgram } from "./program.ts";
import { recordStep } from "./record.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const pooling =
  (options: MaxPool2dOptions): Step =>
  ({ x, dy }) => {
    const pool = (a: tf.Tensor): tf.Tensor => maxPool2d(a as tf.Tensor4D, options);
    const { value, grad } = tf.valueAndGrad(pool)(x!, dy);
    return { y: value, dx: grad };
  };

interface PoolingCase extends MaxPool2dOptions {
  readonly image: readonly [number, number, number, number];
}

const cases: readonly PoolingCase[] = [
  { image: [2, 22, 20, 64], size: 3, stride: 2, padding: 1 },
  { image: [1, 23, 17, 3], size: 3, stride: 2, padding: 1 },
  { image: [3, 9, 11, 37], size: 3, stride: 1, padding: 1 },
  { image: [2, 8, 8, 16], size: 2, stride: 2, padding: 0 },
  { image: [1, 13, 9, 1], size: 5, stride: 3, padding: 2 },
  { image: [1, 1, 1, 5], size: 3, stride: 2, padding: 1 },
];

function inputsOf({ image: [n, h, w, c], size, stride, padding }: PoolingCase) {
  const out = [n, ...[h, w].map((length) => Math.floor((length + 2 * padding - size) / stride) + 1), c];
  // Whole numbers from a short range: many windows have their maximum more than once.
  const x = fill("x", n * h * w * c, 4).map(Math.round);
  return {
    x: { values: x, shape: [n, h, w, c] },
    dy: {
      values: fill(
        "dy",
        out.reduce((a, b) => a * b),
        1,
      ),
      shape: out,
    },
  };
}

async function compute(example: PoolingCase, mode: EngineMode) {
  const program = createProgram({ state: {}, mode });
  const { y, dx } = await program.compile("pooling", pooling(example)).run(inputsOf(example));
  await program.dispose();
  return { y: y!.values, dx: dx!.values };
}

/** By the definition: the first maximum of each window, row by row, gets its gradient. */
function byDefinition(example: PoolingCase) {
  const { x, dy } = inputsOf(example);
  const [n, height, width, channels] = example.image;
  const [, down, across] = dy.shape as [number, number, number];
  const y = new Float32Array(dy.values.length);
  const dx = new Float32Array(x.values.length);
  for (let at = 0; at < y.length; at++) {
    const channel = at % channels;
    const column = Math.floor(at / channels) % across;
    const row = Math.floor(at / channels / across) % down;
    const image = Math.floor(at / channels / across / down);
    let best = -1;
    for (let a = 0; a < example.size; a++) {
      for (let b = 0; b < example.size; b++) {
        const i = row * example.stride - example.padding + a;
        const j = column * example.stride - example.padding + b;
        if (i < 0 || j < 0 || i >= height || j >= width) continue;
        const place = ((image * height + i) * width + j) * channels + channel;
        if (best < 0 || x.values[place]! > x.values[best]!) best = place;
      }
    }
    y[at] = x.values[best]!;
    dx[best]! += dy.values[at]!;
  }
  expect(n).toBe(x.shape[0]);
  return { y, dx };
}

describe.each(cases)("max pooling of $image, size $size, stride $stride, padding $padding", (example) => {
  it("is TensorFlow's and the definition's, to the bit", async () => {
    const computed = await compute(example, "graph");
    expect(computed).toEqual(byDefinition(example));
    expect(computed).toEqual(await compute(example, "eager"));
  });
});

describe("max pooling", () => {
  it("hands NaN on", async () => {
    const example: PoolingCase = { image: [1, 4, 4, 17], size: 2, stride: 2, padding: 0 };
    const inputs = inputsOf(example);
    inputs.x.values[17] = NaN; // the second pixel of the first window, first channel
    const program = createProgram({ state: {}, mode: "graph" });
    const { y } = await program.compile("pooling", pooling(example)).run(inputs);
    await program.dispose();
    expect(y!.values[0]).toBeNaN();
    expect(y!.values.slice(1).every(Number.isFinite)).toBe(true);
  });

  const opsOf = (example: PoolingCase, step: Step = pooling(example)) =>
    withRememberedMaxima(recordStep(step, inputsOf(example), {}))
      .nodes.map(({ op }) => op)
      .filter((op) => op.includes("MaxPool"));

  it("remembers nothing where there is no gradient", () => {
    const example = cases[0]!;
    const forward: Step = ({ x }) => ({ y: maxPool2d(x as tf.Tensor4D, example) });
    const { nodes } = withRememberedMaxima(recordStep(forward, inputsOf(example), {}));
    expect(nodes.map(({ op, attr }) => [op, attr["places"]])).toEqual([["TsslMaxPool", { i: 0 }]]);
    expect(opsOf(example)).toEqual(["TsslMaxPool", "TsslMaxPoolGradient"]);
  });

  it("stays TensorFlow's where a byte cannot say which place of the window it was", () => {
    const example: PoolingCase = { image: [1, 16, 16, 2], size: 16, stride: 1, padding: 0 };
    expect(opsOf(example)).toEqual(["MaxPool", "MaxPoolGrad"]);
  });
});
