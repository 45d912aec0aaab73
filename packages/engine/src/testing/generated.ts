import fs from "node:fs";

import * as tf from "@tensorflow/tfjs";

import { fill } from "./fill.ts";

/** The description of a tensor that a golden file does not store: `offset + fill(name, count, scale)`. */
export interface Generated {
  readonly fill: string;
  readonly shape: readonly number[];
  readonly scale: number;
  readonly offset: number;
}

/** The tensor of a description in a golden file; the caller owns it. */
export function generated({ fill: name, shape, scale, offset }: Generated): tf.Tensor {
  const values = fill(name, tf.util.sizeFromShape([...shape]), scale);
  return tf.tensor(
    values.map((value) => value + Math.fround(offset)),
    [...shape],
  );
}

/** All tensors of a golden case. */
export const generatedAll = <K extends string>(
  recipes: Readonly<Record<K, Generated>>,
): Record<K, tf.Tensor> =>
  Object.fromEntries(
    Object.entries<Generated>(recipes).map(([name, recipe]) => [name, generated(recipe)]),
  ) as Record<K, tf.Tensor>;

/** @param file a URL beside the test: `new URL("../../fixtures/losses.json", import.meta.url)`. */
export const readGolden = <T>(file: URL): T => JSON.parse(fs.readFileSync(file, "utf8")) as T;
