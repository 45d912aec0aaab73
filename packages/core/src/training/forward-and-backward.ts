import * as tf from "@tensorflow/tfjs";

import { sumInOrder } from "../losses/sum-in-order.ts";
import type { Gradients } from "../optimizers/optimizer.ts";
import { type PluginResult, runAfter, runPlugins, weightedTerms } from "./run-plugins.ts";
import type { Keep, StepMachine, StepPart } from "./step-machine.ts";
import { prepareImages } from "./step-images.ts";
import { describeStep, isMetric, type StepDescription } from "./step-description.ts";

/** One forward and backward pass. */
export interface Pass {
  /** "loss", each term and each metric by its name. */
  readonly scalars: Readonly<Record<string, tf.Scalar>>;
  /** Gradient of the total loss by parameter. */
  readonly gradients: Gradients;
  readonly description: StepDescription;
  /** Runs the `after` of every plugin. */
  after(): void;
}

/**
 * Passes one part of a batch through the plugins and back. Assigns nothing but batch norm's running
 * statistics.
 */
export function forwardAndBackward(machine: StepMachine, part: StepPart, keep: Keep): Pass {
  const prepared = { ...part, ...prepareImages(machine, part) };
  let results: readonly PluginResult[] = [];
  const { value, grads } = tf.variableGrads(
    () => {
      results = runPlugins(machine, prepared, keep);
      for (const [, scalar] of loggedScalars(results)) keep(scalar);
      return sumInOrder(weightedTerms(results).map(([, loss]) => loss));
    },
    machine.trained.map(({ variable }) => variable),
  );
  return {
    scalars: { loss: value, ...Object.fromEntries(loggedScalars(results)) },
    gradients: new Map(
      machine.trained.flatMap(({ name, variable }) => {
        const gradient = grads[variable.name];
        return gradient === undefined ? [] : [[name, gradient]];
      }),
    ),
    description: describeStep(results),
    after: () => runAfter(results),
  };
}

/** Each plugin's terms and then its metrics, by "<plugin>/<name>". */
const loggedScalars = (results: readonly PluginResult[]): readonly (readonly [string, tf.Scalar])[] =>
  results.flatMap(({ plugin, result: { terms, metrics = {} } }) => [
    ...Object.entries(terms).map(([name, { loss }]) => [`${plugin}/${name}`, loss] as const),
    ...Object.entries(metrics).map(
      ([name, metric]) => [`${plugin}/${name}`, isMetric(metric) ? metric.value : metric] as const,
    ),
  ]);
