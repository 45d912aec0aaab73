import * as tf from "@tensorflow/tfjs";

import { add, and, multiply, shiftRight, xor } from "./integer-ops.ts";

const ROUNDS = 10;
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const;

/**
 * Philox 4x32-10, the counter-based generator of Salmon et al. 2011, "Parallel random numbers: as easy as 1,
 * 2, 3" (https://doi.org/10.1145/2063384.2063405), in integer ops of the graph: the same bits on every
 * engine.
 *
 * @param counter four int32 tensors of one shape.
 * @param key two words, as unsigned or signed 32-bit integers.
 * @returns four int32 tensors of that shape, 32 random bits each; the caller owns them.
 *
 * @example
 * ```ts
 * const zero = tf.scalar(0, "int32");
 * (philox([zero, zero, zero, zero], [0, 0])[0].dataSync()[0]! >>> 0).toString(16); // => "6627e8d5"
 * ```
 */
export function philox(
  counter: readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
  key: readonly [number, number],
): [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] {
  const result = tf.tidy(() => {
    let words = [...counter];
    let [k0, k1] = [key[0] | 0, key[1] | 0];
    for (let round = 0; round < ROUNDS; round++) {
      const [c0, c1, c2, c3] = words as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const [high0, low0] = wideProduct(c0, MULTIPLIERS[0]);
      const [high1, low1] = wideProduct(c2, MULTIPLIERS[1]);
      words = [xor(xor(high1, c1), k0), low1, xor(xor(high0, c3), k1), low0];
      k0 = (k0 + KEY_STEPS[0]) | 0;
      k1 = (k1 + KEY_STEPS[1]) | 0;
    }
    return words;
  });
  return result as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
}

/**
 * The high and the low word of an unsigned product, by halves of 16 bits: int32 has no wider sibling in tfjs.
 */
function wideProduct(x: tf.Tensor, factor: number): [tf.Tensor, tf.Tensor] {
  const [xHigh, xLow] = [shiftRight16(x), and(x, 0xffff)];
  const [factorHigh, factorLow] = [factor >>> 16, factor & 0xffff];
  const low = multiply(xLow, factorLow);
  const [cross, otherCross] = [multiply(xLow, factorHigh), multiply(xHigh, factorLow)];
  const middle = add(add(shiftRight16(low), and(cross, 0xffff)), and(otherCross, 0xffff)); // below 2^18
  const high = add(
    add(multiply(xHigh, factorHigh), shiftRight16(cross)),
    add(shiftRight16(otherCross), shiftRight16(middle)),
  );
  return [high, multiply(x, factor)];
}

/** The upper 16 bits as a number from 0 on: the shift of a signed integer repeats its sign. */
const shiftRight16 = (x: tf.Tensor): tf.Tensor => and(shiftRight(x, 16), 0xffff);
