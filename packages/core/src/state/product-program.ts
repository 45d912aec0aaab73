import { createProgram, type Program, usesDevice } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

export interface ProductOptions {
  /**
   * Whether TensorFlow compiles steps, too, which then run on another thread: for inputs that have the same
   * shapes in every call. Default false: it runs them op by op.
   */
  readonly compiled?: boolean;
}

/**
 * A program for products of matrices that are large and no part of a run's steps: on a GPU where the engine
 * uses one, else by TensorFlow; in float32 whatever the run's precision. The caller disposes it, then the
 * matrices.
 */
export const productProgram = (
  matrices: Readonly<Record<string, tf.Variable>>,
  { compiled = false }: ProductOptions = {},
): Program =>
  createProgram({
    state: matrices,
    mode: usesDevice() ? "pjrt" : compiled ? "graph" : "eager",
    tensorFloat32: false,
  });

/** A matrix of such a program. The caller disposes it. */
export const matrixOf = (values: Float32Array, columns: number): tf.Variable<tf.Rank.R2> =>
  tf.tidy(() => tf.variable(tf.tensor2d(values, [values.length / columns, columns]), false));
