import {
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  l2Normalize,
  mlpHead,
  published,
  type Query,
  sparseSoftmaxCrossEntropy,
  withoutGradient,
} from "@tssl/core";
import { candidateLogits, leavingOut } from "@tssl/core/contrast";
import { simclrView } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { ntXent } from "./nt-xent.ts";
import { options, type SimclrOptions } from "./options.ts";

/**
 * SimCLR, https://arxiv.org/abs/2002.05709: two views of each image pass through one network, and each is the
 * positive of the other among all embeddings of the batch.
 *
 * Publishes both views as queries, and the embeddings of the batch as candidates. For each query its own row
 * is left out.
 */
export const simclr = definePlugin<SimclrOptions>({
  name: "simclr",
  options,
  publishes: [embeddingSpace],
  views: ({ minimumScale, colorStrength, blur }, { imageSize }) => {
    const view = {
      recipe: simclrView({ size: imageSize, scale: [minimumScale, 1], strength: colorStrength, blur }),
    };
    return { first: view, second: view };
  },
  setup(build, { dim, hidden, layers, headBatchNorm, temperature }) {
    const head = mlpHead({
      dim,
      hidden: new Array<number | "features">(layers - 1).fill(hidden ?? "features"),
      batchNorm: headBatchNorm,
      last: headBatchNorm ? "normalized" : "bias",
    });
    const network = build.network("network", { head });
    const embed = (images: tf.Tensor4D) => l2Normalize(network.embed(images));

    return {
      network,
      step({ views, replicas }) {
        // One pass for both views: they share their batch-norm statistics, as in the authors' code.
        const both = embed(tf.concat4d([views["first"]!, views["second"]!], 0)); // [2N, dim]
        const [first, second] = tf.split(both, 2) as [tf.Tensor2D, tf.Tensor2D];
        const { loss, accuracy } = ntXent({ first, second, temperature, replicas });

        const candidates = withoutGradient(() => tf.clone(replicas.gather(both))); // [M, dim]
        const count = candidates.shape[0];
        const rows = tf.split(replicas.ownRows(both.shape[0]), 2) as [tf.Tensor1D, tf.Tensor1D];
        const query = (embedding: tf.Tensor2D, sameView: tf.Tensor1D, positives: tf.Tensor1D): Query => ({
          embedding,
          positives,
          sameView,
          lossOf(queries) {
            const excluded = leavingOut(sameView, count);
            const logits = candidateLogits({ queries, candidates, temperature, excluded });
            return tf.mean<tf.Scalar>(sparseSoftmaxCrossEntropy(logits, positives));
          },
        });
        const space: EmbeddingSpace = {
          kind: "instances",
          queries: {
            first: query(first, rows[0], rows[1]),
            second: query(second, rows[1], rows[0]),
          },
          embedQuery: embed,
          candidates,
        };
        return {
          terms: { ntXent: { loss, chance: Math.log(count - 1) } },
          metrics: { accuracy },
          publish: [published(embeddingSpace, space)],
        };
      },
    };
  },
});
