import {
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  l2Normalize,
  mlpHead,
  published,
  type Query,
  softmaxCrossEntropy,
  withoutGradient,
} from "@tssl/core";
import { candidateLogits } from "@tssl/core/contrast";
import { supconView } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import * as messages from "./messages.ts";
import { supconOptions, type SupconOptions } from "./options.ts";
import { classmates, supervisedContrast } from "./supervised-contrast.ts";

/**
 * SupCon, https://arxiv.org/abs/2004.11362: SimCLR with labels. Two views of each image pass through one
 * network, and all embeddings of a class are each other's positives.
 *
 * Publishes both views as queries, and the embeddings of the batch as candidates; of a query's positives the
 * other view of its image is named.
 */
export const supcon = definePlugin<SupconOptions>({
  name: "supcon",
  options: supconOptions,
  reads: ["labels"],
  publishes: [embeddingSpace],
  views: ({ minimumScale }, { imageSize }) => {
    const view = { recipe: supconView({ size: imageSize, scale: [minimumScale, 1] }) };
    return { first: view, second: view };
  },
  setup(build, { dim, temperature, baseTemperature }) {
    if (build.facts.classes === 0) throw messages.labelsNeeded();
    const network = build.network("network", { head: mlpHead({ dim, hidden: ["features"] }) });
    const embed = (images: tf.Tensor4D) => l2Normalize(network.embed(images));

    return {
      network,
      step({ views, labels, replicas }) {
        // One pass for both views: they share their batch-norm statistics, as in the authors' code.
        const both = embed(tf.concat4d([views["first"]!, views["second"]!], 0)); // [2N, dim]
        const [first, second] = tf.split(both, 2) as [tf.Tensor2D, tf.Tensor2D];
        const { loss, accuracy } = supervisedContrast({
          first,
          second,
          labels: labels!,
          temperature,
          replicas,
        });

        const candidates = withoutGradient(() => tf.clone(replicas.gather(both))); // [M, dim]
        const { excluded, targets, itself } = classmates(labels!, replicas);
        const [excludedOf, targetsOf, rowsOf] = [excluded, targets, itself].map((each) => tf.split(each, 2));
        const query = (embedding: tf.Tensor2D, view: 0 | 1): Query => ({
          embedding,
          positives: rowsOf![1 - view] as tf.Tensor1D,
          sameView: rowsOf![view] as tf.Tensor1D,
          lossOf(queries) {
            const logits = candidateLogits({
              queries,
              candidates,
              temperature,
              excluded: excludedOf![view] as tf.Tensor2D,
            });
            return tf.mean<tf.Scalar>(softmaxCrossEntropy(logits, targetsOf![view] as tf.Tensor2D));
          },
        });
        const space: EmbeddingSpace = {
          kind: "instances",
          queries: { first: query(first, 0), second: query(second, 1) },
          embedQuery: embed,
          candidates,
        };
        return {
          terms: {
            supervisedContrast: {
              loss,
              weight: temperature / baseTemperature,
              chance: Math.log(candidates.shape[0] - 1),
            },
          },
          metrics: { accuracy: { value: accuracy, highest: 1 } },
          publish: [published(embeddingSpace, space)],
        };
      },
    };
  },
});
