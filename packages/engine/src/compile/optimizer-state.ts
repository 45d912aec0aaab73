import * as tf from "@tensorflow/tfjs";

import { gradientPairs, optimizerParts } from "../tfjs-internals.ts";

/**
 * What an optimizer of `tf.train` remembers from step to step, as variables by name: part of the state of a
 * program whose steps use it. A recorded step cannot make variables, so they are made here, as they are
 * before the optimizer's first step: moments of zero, `accBeta1` of Adam at beta1. Of an optimizer that has
 * taken steps already they are what they have become.
 *
 * Works for `tf.train.momentum`, `adagrad`, `rmsprop`, `adam`, `adadelta` and `adamax`; `sgd` remembers
 * nothing. From then on the optimizer takes no gradient but those of `variables`, in their order. Its
 * learning rate stays in a recorded step what it was, and its `iterations` and `getWeights` know nothing of
 * compiled steps: save the program's state instead.
 *
 * @param variables that the optimizer moves, by their names in the state.
 * @param name of the optimizer, where a program has several; begins the names of what belongs to no variable.
 * Default "optimizer".
 * @returns the optimizer's own variables, which `optimizer.dispose()` frees: "slope/m" and "slope/v" for a
 * variable "slope", "optimizer/accBeta1".
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 *
 * const slope = tf.variable(tf.scalar(3));
 * const optimizer = tf.train.adam(0.1);
 * const state = { slope, ...optimizerState(optimizer, { slope }) };
 * Object.keys(state); // => ["slope", "optimizer/accBeta1", "optimizer/accBeta2", "slope/m", "slope/v"]
 *
 * const program = createProgram({ state, mode: "eager" });
 * const train = program.compile("train", () => {
 *   return { loss: optimizer.minimize(() => tf.square(slope) as tf.Scalar, true)! };
 * });
 * await train.run({});
 * // Adam's first step has the length of the learning rate, 0.1.
 * Math.round(10 * program.state.read("slope").values[0]!); // => 29
 * ```
 */
export function optimizerState(
  optimizer: tf.Optimizer,
  variables: Readonly<Record<string, tf.Variable>>,
  name = "optimizer",
): Readonly<Record<string, tf.Variable>> {
  const moved = Object.values(variables);
  const applyGradients = optimizer.applyGradients.bind(optimizer);
  // An optimizer pairs its accumulators with gradients by their places, and each step may have others.
  optimizer.applyGradients = (gradients) => {
    applyGradients(gradientPairs(moved, gradients));
  };
  const parts = optimizerParts(optimizer, moved);
  const names = Object.keys(variables);
  return Object.fromEntries<tf.Variable>([
    ...parts.own.map(([part, variable]) => [`${name}/${part}`, variable] as const),
    ...parts.accumulators.map(({ place, part, variable }) => [`${names[place]!}/${part}`, variable] as const),
  ]);
}
