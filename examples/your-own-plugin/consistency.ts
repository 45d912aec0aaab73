import { definePlugin, embeddingSpace, type Query } from "@tssl/core";
import { candidateLogits, leavingOut } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

interface Options {
  readonly weight: number;
  readonly temperature: number;
}

/**
 * CO2, https://arxiv.org/abs/2010.02217: a query and its positive should have the same similarities to other
 * images. With p and q the softmax of the similarities of the query and of the positive, adds `(KL(p || q) +
 * KL(q || p)) / 2`.
 */
export default definePlugin<Options>({
  name: "co2",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["weight", "temperature"],
    properties: {
      weight: { type: "number", minimum: 0, default: 1 },
      temperature: { type: "number", exclusiveMinimum: 0, default: 0.05 },
    },
  },
  requires: [embeddingSpace],
  setup: (_build, { weight, temperature }) => ({
    step({ use }) {
      const { queries, candidates } = use(embeddingSpace);
      const losses = Object.values(queries).map((query) => inconsistency(query, candidates, temperature));
      return { terms: { consistency: { loss: tf.addN<tf.Scalar>(losses), weight, chance: 0 } } };
    },
  }),
});

function inconsistency(
  { embedding, positives, sameView }: Query,
  candidates: tf.Tensor2D,
  temperature: number,
): tf.Scalar {
  const marked = (rows: tf.Tensor1D) => leavingOut(rows, candidates.shape[0]);
  const excluded =
    sameView === undefined ? marked(positives) : tf.add<tf.Tensor2D>(marked(positives), marked(sameView));
  const logLikeness = (queries: tf.Tensor2D) =>
    tf.logSoftmax(candidateLogits({ queries, candidates, temperature, excluded }));
  const p = logLikeness(embedding);
  const q = logLikeness(tf.gather(candidates, positives));
  const divergences = tf.sum(tf.mul(tf.sub(tf.exp(p), tf.exp(q)), tf.sub(p, q)), 1);
  return tf.div<tf.Scalar>(tf.mean(divergences), 2);
}
