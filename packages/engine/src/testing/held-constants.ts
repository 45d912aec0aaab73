import * as tf from "@tensorflow/tfjs";

import { replaceMethods, tfjsEngine, type TapeOp } from "../tfjs-internals.ts";

/**
 * Makes the result of every `withoutGradient` inside a function constant, as it is for a gradient. Finite
 * differences can then be compared with gradients that stop at such a part.
 *
 * The first call runs `f` and keeps the results of its `withoutGradient` parts; later calls use these values
 * again. The parts must have the same order in each call.
 *
 * @returns `f`, and `release`, which frees the values.
 *
 * @example
 * ```ts
 * import { withoutGradient } from "@tssl/engine";
 *
 * const cube = (x: number) => tf.mul(x, withoutGradient(() => tf.scalar(x ** 2))).dataSync()[0]!;
 * const { f, release } = holdingConstants(cube);
 * f(3); // => 27
 * // From now on the factor is 9.
 * f(4); // => 36
 * release();
 * ```
 */
export function holdingConstants<Args extends unknown[], T>(
  f: (...args: Args) => T,
): { readonly f: (...args: Args) => T; release(): void } {
  const held: tf.Tensor[] = [];
  let first = true;

  const run = (...args: Args): T => {
    const engine = tfjsEngine();
    const { runKernelFunc } = engine;
    let place = 0;
    let depth = 0; // of `withoutGradient` inside another
    const holding = (op: TapeOp): tf.Tensor[] => {
      const { forwardFunc } = op;
      if (forwardFunc === undefined || Object.keys(op.inputs).length > 0 || depth > 0) {
        return runKernelFunc.call(engine, op);
      }
      const at = place++;
      const constant: typeof forwardFunc = (...given) => {
        if (!first) return [tf.clone(held[at]!)];
        depth++;
        try {
          const results = forwardFunc(...given);
          held.push(...results.map((result) => tf.keep(tf.clone(result))));
          return results;
        } finally {
          depth--;
        }
      };
      return runKernelFunc.call(engine, { ...op, forwardFunc: constant });
    };
    const restore = replaceMethods(engine, { runKernelFunc: holding });
    try {
      return f(...args);
    } finally {
      first = false;
      restore();
    }
  };
  return { f: run, release: () => tf.dispose(held) };
}
