import type * as tf from "@tensorflow/tfjs";

import { computeFirst } from "../compile/compute-first.ts";
import { type Scope, tfjsEngine } from "../tfjs-internals.ts";
import { differentiable } from "./differentiable.ts";

/**
 * Computes `f(x)` without keeping intermediate results; for the gradient, `f` is computed a second time.
 *
 *     memory: x and f(x), instead of every intermediate of f        time: f's forward pass a second time
 *
 * Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost", https://arxiv.org/abs/1604.06174. In a
 * compiled step the second computation waits for the gradient that needs it.
 *
 * @param f called with `again` true the second time, when it must not assign variables: running statistics
 * are updated already.
 * @param variables trained variables that `f` reads; other variables get no gradient.
 * @returns the result of `f`; the caller owns it.
 *
 * @example
 * ```ts
 * const cube = (x: tf.Tensor) => recomputed((a) => tf.mul(a, tf.square(a)), x, []);
 * tf.grad(cube)(tf.scalar(2)); // => 12
 * ```
 */
export function recomputed<X extends tf.Tensor, Y extends tf.Tensor>(
  f: (x: X, again: boolean) => Y,
  x: X,
  variables: readonly tf.Variable[],
): Y {
  const named = Object.fromEntries(variables.map((variable, i) => [`variable${i}`, variable]));
  const [y] = differentiable({
    inputs: { x, ...named },
    forward: (save) => {
      save([x]);
      return [f(x, false)];
    },
    gradients: ([dy], [input]) => {
      let grads: readonly tf.Tensor[] | undefined;
      const gradient = (place: number) => () => {
        grads ??= gradientsAgain(dy!, input as X);
        return grads[place]!;
      };
      return Object.fromEntries(["x", ...Object.keys(named)].map((name, place) => [name, gradient(place)]));
    },
  });
  return y as Y;

  function gradientsAgain(dy: tf.Tensor, input: X): readonly tf.Tensor[] {
    // Otherwise TensorFlow would recognize the repeated computation, and keep the first results.
    computeFirst([dy]);
    const engine = tfjsEngine();
    const outer = engine.state.activeTape; // a gradient within a gradient would end it
    try {
      const { grads } = engine.gradients(() => f(input, true), [input, ...variables], dy, false);
      leaveToOuterScope(engine.state.scopeStack, grads);
      return grads;
    } finally {
      engine.state.activeTape = outer;
    }
  }
}

/**
 * tfjs frees tensors after the gradient of each input; gradients computed with the first one are needed by
 * the others.
 */
function leaveToOuterScope(scopes: readonly Scope[], tensors: readonly tf.Tensor[]): void {
  const [outer, own] = scopes.slice(-2) as [Scope, Scope];
  const moved = own.track.filter((tensor) => tensors.includes(tensor));
  own.track = own.track.filter((tensor) => !tensors.includes(tensor));
  for (const tensor of moved) tensor.scopeId = outer.id;
  outer.track.push(...moved);
}
