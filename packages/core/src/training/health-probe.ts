import * as tf from "@tensorflow/tfjs";

import { globalNorm } from "../optimizers/clip-by-global-norm.ts";
import { type EmbeddingSpace, embeddingSpace } from "../plugins/embedding-space.ts";
import { cosineHistograms } from "./cosine-histograms.ts";
import { runPlugins, type StepPart, type StepParts } from "./step.ts";

/**
 * Looks at a run without moving it, by one part of a batch: what costs too much to be measured in every step.
 *
 * Out come, by name,
 * - "gradient/<plugin>/<term>", for each loss term: the length of the gradient of its weighted loss alone, taken over all trained
 *   parameters as one vector; 0 where it depends on none of them. A scalar.
 * - "positive" and "negative", where a plugin publishes an embedding space: `cosineHistograms`.
 */
export interface HealthProbe {
  (part: StepPart, normalize?: (images: tf.Tensor4D) => tf.Tensor4D): Record<string, tf.Tensor>;
}

/**
 * Joins the plugins into a probe. Each term takes a forward and a backward pass of its own; compiled, without what the others alone
 * need. The state is afterwards what it was, running statistics too.
 *
 * @returns a function whose results the caller owns; nothing else is left behind.
 */
export function composeHealthProbe({
  plugins,
  store,
  board,
  beginStep,
}: Pick<StepParts, "plugins" | "store" | "board" | "beginStep">): HealthProbe {
  const state = store.entries().map(({ variable }) => variable);
  const trained = store.trained().map(({ variable }) => variable);

  return ({ views, indices, inputs }, normalize = (images) => images) => {
    const kept: tf.Tensor[] = [];
    const keep = <T extends tf.Tensor>(tensor: T): T => {
      kept.push(tensor);
      return tf.keep(tensor);
    };
    board.show(inputs);
    try {
      return tf.tidy(() => {
        const before = state.map((variable) => tf.clone(variable));
        const normalized = Object.entries(views).map(([name, images]) => [name, normalize(images)] as const);
        const part = { views: Object.fromEntries(normalized), indices, inputs };
        const results: Record<string, tf.Tensor> = {};
        for (let place = 0, count = 1; place < count; place++) {
          beginStep();
          const names: string[] = [];
          const { value, grads } = tf.variableGrads(() => {
            const losses: tf.Scalar[] = [];
            runPlugins(plugins, part, keep, (plugin, { terms, publish = [] }) => {
              for (const [name, { loss, weight }] of Object.entries(terms)) {
                names.push(`${plugin}/${name}`);
                losses.push(weight === undefined ? loss : tf.mul(loss, weight));
              }
              const space = publish.find(({ publication }) => publication === embeddingSpace);
              if (space !== undefined && place === 0) {
                const counted = cosineHistograms(space.value as EmbeddingSpace);
                for (const [name, counts] of Object.entries<tf.Tensor>({ ...counted }))
                  results[name] = keep(counts);
              }
            });
            count = losses.length;
            return tf.add(losses[place]!, anchor(trained));
          }, trained);
          results[`gradient/${names[place]!}`] = globalNorm(new Map(Object.entries(grads)));
          tf.dispose(value);
        }
        state.forEach((variable, i) => variable.assign(before[i]!));
        return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.clone()]));
      });
    } finally {
      board.show({});
      for (const tensor of kept) tensor.dispose();
    }
  };
}

/** Zero, of one parameter: tfjs refuses to differentiate what depends on none. */
function anchor(trained: readonly tf.Variable[]): tf.Scalar {
  const smallest = trained.reduce((least, variable) => (variable.size < least.size ? variable : least));
  return tf.mul(tf.sum(smallest), 0);
}
