import * as tf from "@tensorflow/tfjs";
import { expect } from "vitest";

import { conv2d } from "../ops/conv2d.ts";
import { fill } from "../testing/fill.ts";
import { relativeError } from "../testing/assert-close.ts";
import type { HostTensor } from "./data-types.ts";
import { createProgram } from "./program.ts";

/** Sizes that are cut into tiles and threads in different ways. */
export interface WinogradCase {
  readonly what: string;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
}

export const winogradCases: readonly WinogradCase[] = [
  { what: "many tiles", images: 3, height: 32, width: 28, from: 64, to: 96 },
  { what: "more filters than tiles", images: 9, height: 8, width: 8, from: 96, to: 128 },
  { what: "tiles that reach beyond the edges", images: 8, height: 15, width: 14, from: 64, to: 64 },
  { what: "one tile an image", images: 40, height: 4, width: 4, from: 128, to: 64 },
];

type Computed = Readonly<Record<"y" | "dx" | "dw", Float32Array>>;

/** A 3x3 convolution and both its gradients in a compiled step, run twice. */
export async function winogradConvolution(
  size: WinogradCase,
): Promise<{ computed: Computed; sameAgain: boolean }> {
  const { x, w, dy } = tensors(size);
  const program = createProgram({ state: {}, mode: "graph" });
  const compiled = program.compile("convolution", ({ x, w, dy }) => {
    const convolve = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      conv2d(a as tf.Tensor4D, b as tf.Tensor4D, { padding: 1 });
    const { value, grads } = tf.valueAndGrads(convolve)([x!, w!], dy);
    return { y: value, dx: grads[0]!, dw: grads[1]! };
  });
  const run = async () => {
    const results = await compiled.run({ x, w, dy });
    return Object.fromEntries(
      Object.entries(results).map(([name, { values }]) => [name, values as Float32Array]),
    ) as unknown as Computed;
  };
  const computed = await run();
  const again = await run();
  await program.dispose();
  const bytes = ({ y, dx, dw }: Computed) =>
    Buffer.concat([y, dx, dw].map(({ buffer }) => Buffer.from(buffer)));
  return { computed, sameAgain: bytes(computed).equals(bytes(again)) };
}

function tensors({ images, height, width, from, to }: WinogradCase) {
  const tensor = (name: string, shape: readonly number[]): HostTensor => ({
    values: fill(
      name,
      shape.reduce((a, b) => a * b),
      1,
    ),
    shape,
  });
  return {
    x: tensor("x", [images, height, width, from]),
    w: tensor("w", [3, 3, from, to]),
    dy: tensor("dy", [images, height, width, to]),
  };
}

/**
 * Throws unless values spread over all three results are what the definition of a convolution gives, in
 * float64.
 */
export function expectDefinition(size: WinogradCase, computed: Computed): void {
  const { images, height, width, from, to } = size;
  const { x, w, dy } = tensors(size);
  const pixel = (image: number, row: number, column: number, channels: number) =>
    row < 0 || column < 0 || row >= height || column >= width
      ? undefined
      : ((image * height + row) * width + column) * channels;
  const taps = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => [a, b] as const));
  const check = (name: keyof Computed, value: (place: number) => number, tolerance: number) => {
    const all = computed[name];
    const places = Array.from({ length: 200 }, (_, i) => Math.floor((i * (all.length - 1)) / 199));
    const want = places.map(value);
    const got = places.map((place) => all[place]!);
    expect(relativeError(got, want), name).toBeLessThan(tolerance);
  };

  check(
    "y",
    (place) => {
      const k = place % to;
      const [image, row, column] = coordinates(Math.floor(place / to), height, width);
      let sum = 0;
      for (const [a, b] of taps) {
        const at = pixel(image, row + a - 1, column + b - 1, from);
        if (at === undefined) continue;
        for (let c = 0; c < from; c++)
          sum += x.values[at + c]! * w.values[((a * 3 + b) * from + c) * to + k]!;
      }
      return sum;
    },
    5e-6,
  );
  check(
    "dx",
    (place) => {
      const c = place % from;
      const [image, row, column] = coordinates(Math.floor(place / from), height, width);
      let sum = 0;
      for (const [a, b] of taps) {
        const at = pixel(image, row - a + 1, column - b + 1, to);
        if (at === undefined) continue;
        for (let k = 0; k < to; k++) sum += dy.values[at + k]! * w.values[((a * 3 + b) * from + c) * to + k]!;
      }
      return sum;
    },
    5e-6,
  );
  check(
    "dw",
    (place) => {
      const [k, c, tap] = [place % to, Math.floor(place / to) % from, Math.floor(place / to / from)];
      const [a, b] = taps[tap]!;
      let sum = 0;
      for (let image = 0; image < images; image++) {
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const at = pixel(image, row + a - 1, column + b - 1, from);
            if (at !== undefined) sum += x.values[at + c]! * dy.values[pixel(image, row, column, to)! + k]!;
          }
        }
      }
      return sum;
    },
    5e-6,
  );
}

const coordinates = (place: number, height: number, width: number): [number, number, number] => [
  Math.floor(place / (height * width)),
  Math.floor(place / width) % height,
  place % width,
];
