import {
  type Build,
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  l2Normalize,
  mlpHead,
  published,
  withoutGradient,
} from "@tssl/core";
import { embedCrops, largeCrops, multiCropViews } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

import { clusterPrediction } from "./cluster-prediction.ts";
import { makeClusterings } from "./clusterings.ts";
import * as messages from "./messages.ts";
import { type DeepclusterOptions, options } from "./options.ts";

/**
 * DeepCluster-v2, https://arxiv.org/abs/2006.09882: every crop of an image predicts the clusters that the
 * image is assigned to. Before each epoch the embeddings of the last one are clustered; the centroids are the
 * prototypes, which are not trained.
 *
 * Publishes the large crops as queries and the prototypes of all clusterings as candidates; a query's
 * positive is the prototype that its image is assigned to by the first clustering.
 */
export const deepclusterV2 = definePlugin<DeepclusterOptions>({
  name: "deepcluster-v2",
  options,
  publishes: [embeddingSpace],
  views: (options, { imageSize }) => multiCropViews(options, imageSize),
  setup(build, options) {
    checkPrototypes(build, options);
    const { dim, hidden, temperature } = options;
    const network = build.network("network", { head: mlpHead({ dim, hidden: [hidden], batchNorm: true }) });
    const clusterings = makeClusterings(build, options);

    return {
      network,
      beforeEpoch: (context) => clusterings.renew(network, context),
      step(context) {
        const { views, indices } = context;
        const crops = embedCrops(network, views, options); // [B, dim] each
        const assigned = clusterings.of(indices);
        const prediction = (embeddings: readonly tf.Tensor2D[]) =>
          clusterPrediction({ embeddings, clusterings: assigned, temperature });
        const { loss, accuracy } = prediction(crops);

        const query = (embedding: tf.Tensor2D) => ({
          embedding,
          positives: assigned[0]!.assigned,
          lossOf: (other: tf.Tensor2D) => prediction([other]).loss,
        });
        const space: EmbeddingSpace = {
          kind: "prototypes",
          queries: Object.fromEntries(largeCrops.map((name, i) => [name, query(crops[i]!)])),
          embedQuery: (view) => l2Normalize(network.embed(view)),
          candidates: withoutGradient(() => tf.concat2d(assigned.map(({ prototypes }) => prototypes), 0)), // prettier-ignore
        };
        return {
          terms: { clusterPrediction: { loss, chance: clusterings.chance } },
          metrics: { accuracy },
          publish: [published(embeddingSpace, space)],
          after: clusterings.remember(crops, context),
        };
      },
    };
  },
});

function checkPrototypes({ facts: { datasetSize } }: Build, { prototypes }: DeepclusterOptions): void {
  if (Math.max(...prototypes) > datasetSize) {
    throw messages.morePrototypesThanImages(datasetSize, prototypes);
  }
}
