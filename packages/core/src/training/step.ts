import { computeFirst } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { sumInOrder } from "../losses/sum-in-order.ts";
import { clipByGlobalNorm, globalNorm } from "../optimizers/clip-by-global-norm.ts";
import type { Gradients } from "../optimizers/optimizer.ts";
import type { Replicas } from "../state/replicas.ts";
import { forwardAndBackward, type Pass } from "./forward-and-backward.ts";
import { runAfterStep } from "./run-plugins.ts";
import type { StepDescription } from "./step-description.ts";
import type { Keep, StepMachine, StepPart } from "./step-machine.ts";

/** What a step gives back; the scalars are also in the log. */
export interface TakenStep {
  /** "loss", "gradientNorm", "weightNorm", "moco/infoNce", …: means over the parts. */
  readonly scalars: Readonly<Record<string, tf.Scalar>>;
  /** Gradient of each trained parameter by its name, before clipping. */
  readonly gradients: Gradients;
  readonly description: StepDescription;
}

/**
 * One optimizer step: what comes out is its scalars, everything else stays in the state.
 *
 * Every plugin's `step`, in running order, and the gradient of the sum of all terms, for each part; the
 * optimizer, once, by the mean gradient; every plugin's `after`, for each part; every plugin's `afterStep`.
 * So all reads of the old state come before all writes, but for batch norm's running statistics, which move
 * in the forward pass. No value is read back.
 *
 * @param keep as a plugin's `keep`.
 */
export function takeStep(
  machine: StepMachine,
  parts: readonly StepPart[],
  learningRate: tf.Scalar,
  keep: Keep,
): TakenStep {
  const passes: Pass[] = [];
  let sum: Gradients = new Map();
  for (const part of parts) {
    // Otherwise a compiled step holds the activations of all parts at once, which accumulating is there to
    // avoid.
    if (passes.length > 0) computeFirst([...sum.values()]);
    const pass = forwardAndBackward(machine, part, keep);
    sum = added(sum, pass.gradients);
    passes.push(pass);
  }
  const gradients = mean(sum, parts.length, machine.replicas);
  const norm = globalNorm(gradients);
  machine.optimizer.update(clipped(gradients, norm, machine.clipNorm), learningRate);
  for (const pass of passes) pass.after();
  runAfterStep(machine, parts[0]!.inputs);
  return {
    scalars: {
      ...meanScalars(passes, machine.replicas),
      gradientNorm: norm,
      weightNorm: globalNorm(new Map(machine.trained.map(({ name, variable }) => [name, variable]))),
    },
    gradients,
    description: passes[0]!.description,
  };
}

function added(sum: Gradients, more: Gradients): Gradients {
  if (sum.size === 0) return more;
  return new Map(
    [...more].map(([name, gradient]) => {
      const earlier = sum.get(name);
      return [name, earlier === undefined ? gradient : tf.add(earlier, gradient)];
    }),
  );
}

const mean = (sum: Gradients, parts: number, replicas: Replicas): Gradients =>
  new Map(
    [...sum].map(([name, gradient]) => [
      name,
      replicas.mean(parts === 1 ? gradient : tf.mul(gradient, 1 / parts)),
    ]),
  );

const clipped = (gradients: Gradients, norm: tf.Scalar, clipNorm: number | undefined): Gradients =>
  clipNorm === undefined ? gradients : clipByGlobalNorm(gradients, norm, clipNorm);

function meanScalars(passes: readonly Pass[], replicas: Replicas): Record<string, tf.Scalar> {
  const names = Object.keys(passes[0]!.scalars);
  return Object.fromEntries(
    names.map((name) => {
      const values = passes.map(({ scalars }) => scalars[name]!);
      // A copy, also of one: the kept originals are freed when the step ends.
      const sum = sumInOrder(values);
      const value = values.length === 1 ? sum : tf.div<tf.Scalar>(sum, values.length);
      return [name, replicas.mean(value)];
    }),
  );
}
