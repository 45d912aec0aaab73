import * as tf from "@tensorflow/tfjs";

import { cosineHistograms } from "../embedding/cosine-histograms.ts";
import { globalNorm } from "../optimizers/clip-by-global-norm.ts";
import { publishedSpace } from "../embedding/observed-space.ts";
import type { Publication } from "../plugins/publication.ts";
import type { Replicas } from "../state/replicas.ts";
import type { StateStore } from "../state/store.ts";
import { lendingKeep } from "./lending-keep.ts";
import { type PluginResult, runPlugins, weightedTerms } from "./run-plugins.ts";
import { prepareImages } from "./step-images.ts";
import type { Keep, StepMachine, StepPart } from "./step-machine.ts";

/**
 * Measures what costs too much to be measured in every step, on one part of a batch, and leaves the state as
 * it was.
 *
 * Out come, by name,
 * - "gradient/<plugin>/<term>", for each loss term: the length of the gradient of its weighted loss alone,
 *   taken over all parameters that move as one vector; 0 where it depends on none of them. A scalar.
 * - "positive" and "negative", where a plugin publishes embeddings: `cosineHistograms`.
 *
 * Each term takes a forward and a backward pass of its own; compiled, without what the others alone need.
 *
 * @returns results that the caller owns; nothing else is left behind.
 */
export function probeHealth(
  machine: StepMachine,
  store: StateStore,
  part: StepPart,
): Record<string, tf.Tensor> {
  const state = store.entries().map(({ variable }) => variable);
  return lendingKeep((keep) => {
    const before = state.map((variable) => tf.clone(variable));
    const prepared = { ...part, ...prepareImages(machine, part) };
    const first = measureTerm(machine, prepared, 0, keep);
    const others = first.terms.slice(1).map((_, i) => measureTerm(machine, prepared, i + 1, keep));
    const norms = [first, ...others].map(({ norm }, i) => [`gradient/${first.terms[i]!}`, norm] as const);
    state.forEach((variable, i) => variable.assign(before[i]!));
    const results = { ...Object.fromEntries(norms), ...first.cosines };
    return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.clone()]));
  });
}

/** The gradient of one weighted term, and what the same pass tells besides. */
interface TermMeasure {
  /** The names of all terms, in their order. */
  readonly terms: readonly string[];
  readonly norm: tf.Scalar;
  readonly cosines: Readonly<Record<string, tf.Tensor>>;
}

function measureTerm(machine: StepMachine, part: StepPart, place: number, keep: Keep): TermMeasure {
  const variables = machine.trained.map(({ variable }) => variable);
  let terms: readonly string[] = [];
  let cosines: Readonly<Record<string, tf.Tensor>> = {};
  const { value, grads } = tf.variableGrads(() => {
    const results = runPlugins(machine, part, keep);
    const weighted = weightedTerms(results);
    terms = weighted.map(([name]) => name);
    if (place === 0) cosines = cosinesOf(results, machine.replicas, keep);
    return tf.add(weighted[place]![1], zeroOf(variables));
  }, variables);
  tf.dispose(value);
  const gradients = Object.entries(grads).map(([name, each]) => [name, machine.replicas.mean(each)] as const);
  return { terms, norm: globalNorm(new Map(gradients)), cosines };
}

function cosinesOf(
  results: readonly PluginResult[],
  replicas: Replicas,
  keep: Keep,
): Record<string, tf.Tensor> {
  const published = results.flatMap(({ result }) => result.publish ?? []);
  const space = publishedSpace(
    <T>({ name }: Publication<T>) =>
      published.find(({ publication }) => publication.name === name)?.value as T,
    replicas,
  );
  if (space === undefined) return {};
  const { positive, negative } = cosineHistograms(space);
  return { positive: keep(positive), negative: keep(negative) };
}

/** Zero, of one parameter: tfjs refuses to differentiate what depends on none. */
function zeroOf(trained: readonly tf.Variable[]): tf.Scalar {
  const smallest = trained.reduce((least, variable) => (variable.size < least.size ? variable : least));
  return tf.mul(tf.sum(smallest), 0);
}
