import * as tf from "@tensorflow/tfjs";

import { maxPool2d, type MaxPool2dOptions } from "../ops/max-pool2d.ts";
import { fill } from "../testing/index.ts";
import type { Step } from "./compiled-step.ts";
import type { EngineMode } from "./mode.ts";
import { type CompileNotice, createProgram } from "./program.ts";

/** A max pooling and its gradient. */
export const pooling =
  (options: MaxPool2dOptions): Step =>
  ({ x, dy }) => {
    const pool = (a: tf.Tensor): tf.Tensor => maxPool2d(a as tf.Tensor4D, options);
    const { value, grad } = tf.valueAndGrad(pool)(x!, dy);
    return { y: value, dx: grad };
  };

export interface PoolingCase extends MaxPool2dOptions {
  readonly image: readonly [number, number, number, number];
}

export const poolingCases: readonly PoolingCase[] = [
  { image: [2, 22, 20, 64], size: 3, stride: 2, padding: 1 },
  { image: [1, 23, 17, 3], size: 3, stride: 2, padding: 1 },
  { image: [3, 9, 11, 37], size: 3, stride: 1, padding: 1 },
  { image: [2, 8, 8, 16], size: 2, stride: 2, padding: 0 },
  { image: [1, 13, 9, 1], size: 5, stride: 3, padding: 2 },
  { image: [1, 1, 1, 5], size: 3, stride: 2, padding: 1 },
];

export function poolingInputs({ image: [n, h, w, c], size, stride, padding }: PoolingCase) {
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

/** Throws where XLA hands the step back to the graph. */
export async function computePooling(example: PoolingCase, mode: EngineMode) {
  const onNotice = (notice: CompileNotice) => {
    if (notice.kind === "fallback") throw new Error(notice.reason);
  };
  const program = createProgram({ state: {}, mode, onNotice });
  const { y, dx } = await program.compile("pooling", pooling(example)).run(poolingInputs(example));
  await program.dispose();
  return { y: y!.values, dx: dx!.values };
}

/** By the definition: the first maximum of each window, row by row, gets its gradient. */
export function poolingByDefinition(example: PoolingCase) {
  const { x, dy } = poolingInputs(example);
  const [, height, width, channels] = example.image;
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
  return { y, dx };
}
