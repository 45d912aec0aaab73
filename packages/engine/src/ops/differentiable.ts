import * as tf from "@tensorflow/tfjs";

type Inputs = Readonly<Record<string, tf.Tensor>>;

interface DifferentiableOp {
  readonly inputs: Inputs;
  /** Computes the outputs; `save` keeps tensors for the backward pass, and only when there will be one. */
  readonly forward: (save: (tensors: readonly tf.Tensor[]) => void) => tf.Tensor[];
  /** The gradient of each input, asked for only where something differentiates with respect to it. */
  readonly gradients: (
    dys: readonly tf.Tensor[],
    saved: readonly tf.Tensor[],
  ) => Readonly<Record<string, () => tf.Tensor>>;
}

/** The engine's own entry for an op with a gradient; `tf.customGrad` wraps it, with one output and every gradient computed. */
interface TapeEngine {
  runKernelFunc(op: {
    inputs: Inputs;
    forwardFunc: (backend: unknown, save: (tensors: readonly tf.Tensor[]) => void) => tf.Tensor[];
    backwardsFunc: (
      dy: tf.Tensor | tf.Tensor[],
      saved: readonly tf.Tensor[],
    ) => Readonly<Record<string, () => tf.Tensor>>;
  }): tf.Tensor[];
}

const engine = (): TapeEngine => tf.engine() as unknown as TapeEngine;

/**
 * An op with several outputs whose input gradients are computed one by one, and only if they are needed.
 *
 * `tf.customGrad` computes the gradient of every input: for a network's first convolution also that of the images.
 */
export function differentiable({ inputs, forward, gradients }: DifferentiableOp): tf.Tensor[] {
  return engine().runKernelFunc({
    inputs,
    forwardFunc: (_backend, save) => forward(save),
    backwardsFunc: (dy, saved) => gradients(Array.isArray(dy) ? dy : [dy], saved),
  });
}

/**
 * Runs `f` so that no gradient flows through its result, and keeps nothing for a backward pass.
 *
 * tfjs has no stop-gradient. To the tape this is one op without inputs: what `f` reads from the outside receives nothing, and
 * its intermediates are freed when it returns.
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
  return differentiable({ inputs: {}, forward: () => [f()], gradients: () => ({}) })[0] as T;
}
