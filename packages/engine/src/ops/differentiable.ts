import type * as tf from "@tensorflow/tfjs";

import { type InputGradients, type NamedTensors, type Save, tfjsEngine } from "../tfjs-internals.ts";

interface DifferentiableOp {
  readonly inputs: NamedTensors;
  /** Computes the outputs; `save` keeps tensors for the backward pass, if there is one. */
  readonly forward: (save: Save) => tf.Tensor[];
  /** The gradient of each input; it is called only if it is needed. */
  readonly gradients: (dys: readonly tf.Tensor[], saved: readonly tf.Tensor[]) => InputGradients;
}

/**
 * An op with several outputs, and separate gradients of its inputs, which are computed only if they are
 * needed.
 *
 * `tf.customGrad` computes the gradient of every input, even that of the images in a network's first
 * convolution.
 */
export function differentiable({ inputs, forward, gradients }: DifferentiableOp): tf.Tensor[] {
  return tfjsEngine().runKernelFunc({
    inputs,
    forwardFunc: (_backend, save) => forward(save),
    backwardsFunc: (dy, saved) => gradients(Array.isArray(dy) ? dy : [dy], saved),
  });
}

/** For callers in JavaScript. */
const TAKES_A_FUNCTION =
  "withoutGradient takes a function that computes the tensor: " +
  "withoutGradient(() => network.embed(images)). A tensor that is there already has its gradient recorded.";

/**
 * Runs `f` without a gradient: no gradient flows through its result, and nothing is kept for a backward pass.
 *
 * tfjs has no stop-gradient. For its tape, `f` is one op without inputs: tensors that `f` uses get no
 * gradient, and its intermediate results are freed when it returns.
 *
 * @returns what `f` returned; the caller owns it.
 *
 * @example
 * ```ts
 * // The factor counts as a constant: 3² = 9, where the gradient of x³ is 27.
 * tf.grad((x) => tf.mul(x, withoutGradient(() => tf.square(x))))(tf.scalar(3)); // => 9
 * ```
 */
export function withoutGradient<T extends tf.Tensor>(f: () => T): T {
  if (typeof f !== "function") throw new TypeError(TAKES_A_FUNCTION);
  return differentiable({ inputs: {}, forward: () => [f()], gradients: () => ({}) })[0] as T;
}
