import { randomStream } from "@tssl/augment-zoo";
import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { and, shiftRight } from "../state/integer-ops.ts";
import { philox } from "../state/philox.ts";
import type { InputHandle, InputReader } from "./inputs.ts";

/**
 * Random numbers that are drawn inside the step, too many for the host: a function of the run's seed, the
 * source's name, the step, the accumulated part and the place in the result. So one source gives the same
 * numbers each time it is asked within a step; make another source for other numbers.
 */
export interface StepRandom {
  /** Uniform integers in 0 .. below - 1, int32. Each number's chance is off by less than `below / 2^31`. */
  integers<R extends tf.Rank = tf.Rank>(
    context: InputReader,
    shape: tf.ShapeMap[R],
    below: number,
  ): tf.Tensor<R>;
  /** Uniform in [0, 1), float32, multiples of 2^-24. */
  uniform<R extends tf.Rank = tf.Rank>(context: InputReader, shape: tf.ShapeMap[R]): tf.Tensor<R>;
  /** The integers 0 .. n - 1 in random order, `[n]` int32. */
  permutation(context: InputReader, n: number): tf.Tensor1D;
}

/**
 * Draws with `philox`: the key is a hash of seed and name, the counter is (place in the result / 4, part,
 * step, 0).
 *
 * @param moment an input of `[step, part]`, int32.
 */
export function createStepRandom(seed: number, name: string, moment: InputHandle<tf.Tensor1D>): StepRandom {
  const stream = randomStream(seed, "step random", name);
  const key = [stream.integer(2 ** 32), stream.integer(2 ** 32)] as const;

  /** `count` int32 numbers of 31 random bits. */
  const bits = (context: InputReader, count: number): tf.Tensor1D => {
    const [step, part] = tf.unstack(context.input(moment)) as [tf.Scalar, tf.Scalar];
    const blocks = countUp(Math.ceil(count / 4));
    const like = (value: tf.Tensor): tf.Tensor => tf.add(tf.zerosLike(blocks), value);
    const words = philox([blocks, like(part), like(step), tf.zerosLike(blocks)], key);
    const all = tf.reshape<tf.Rank.R1>(tf.stack(words, 1), [-1]).slice(0, count);
    return and(all, 0x7fffffff) as tf.Tensor1D;
  };

  return {
    integers: (context, shape, below) =>
      tf.tidy(() => tf.reshape(tf.mod(bits(context, sizeOf(shape)), tf.scalar(below, "int32")), shape)),
    uniform: (context, shape) =>
      tf.tidy(() => {
        const upper = shiftRight(bits(context, sizeOf(shape)), 7);
        return tf.reshape(tf.mul(tf.cast(upper, "float32"), 2 ** -24), shape);
      }),
    permutation: (context, n) =>
      tf.tidy(() => {
        const [, order] = engine.rawOp(
          "TopKV2",
          { T: engine.attribute.type("int32"), sorted: engine.attribute.bool(true) },
          [bits(context, n), tf.scalar(n, "int32")],
          2,
        );
        return order as tf.Tensor1D;
      }),
  };
}

/** 0 .. count - 1, made on the device: as a constant it would be part of the recorded step. */
const countUp = (count: number): tf.Tensor => {
  const numbers = [0, count, 1].map((value) => tf.scalar(value, "int32"));
  return engine.rawOp("Range", { Tidx: engine.attribute.type("int32") }, numbers, 1)[0]!;
};

const sizeOf = (shape: readonly number[]): number => tf.util.sizeFromShape([...shape]);
