import {
  type Build,
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  invalidOption,
  l2Normalize,
  mlpHead,
  published,
  type Query,
  softmaxCrossEntropy,
  withoutGradient,
} from "@tssl/core";
import { candidateLogits, embedCrops, largeCrops, multiCropViews } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

import { options, type SwavOptions } from "./options.ts";
import { queueStage, swavPhase } from "./phases.ts";
import { sinkhorn } from "./sinkhorn.ts";
import { swappedPrediction } from "./swapped-prediction.ts";

/**
 * SwAV, https://arxiv.org/abs/2006.09882: the assignment of one crop of an image to prototypes is predicted
 * from its other crops.
 *
 * Publishes the large crops as queries and the prototypes as candidates; a query's positive is the prototype
 * that the other large crop is assigned to first.
 */
export const swav = definePlugin<SwavOptions>({
  name: "swav",
  options,
  publishes: [embeddingSpace],
  views: (options, { imageSize }) => multiCropViews(options, imageSize),
  setup(build, options) {
    checkQueue(build, options);
    const { dim, hidden, prototypes: count, temperature, epsilon, queueSize } = options;
    const network = build.network("network", { head: mlpHead({ dim, hidden: [hidden], batchNorm: true }) });
    const initial = { kind: "uniform", bound: 1 / Math.sqrt(dim), unitRows: true } as const;
    const prototypes = build.parameter("prototypes", { shape: [count, dim], initial });
    const rows = prototypes as unknown as tf.Tensor2D; // [prototypes, dim], of length 1 between steps
    const normalize = (): void => {
      tf.tidy(() => {
        prototypes.assign(l2Normalize(rows));
      });
    };
    const queues =
      queueSize === 0 ? [] : largeCrops.map((name) => build.queue(name, { size: queueSize, dim }));
    const scoresOf = (embeddings: tf.Tensor2D): tf.Tensor2D => tf.matMul(embeddings, rows, false, true);

    return {
      network,
      phase: swavPhase(options, build.facts),
      step({ views, replicas, keep, phase }) {
        const stage = queueStage(phase);
        const crops = embedCrops(network, views, options); // [B, dim] each
        const scores = crops.map(scoresOf); // [B, prototypes] each

        const codes = largeCrops.map((_, i) => {
          const queued = stage === "queue in use" ? scoresOf(queues[i]!.rows()) : undefined;
          const together = replicas.gather(scores[i]!);
          const iterations = options.sinkhornIterations;
          return replicas.own(sinkhorn({ scores: together, queued, epsilon, iterations }));
        });
        const { loss, accuracy } = swappedPrediction({ scores, codes, temperature });

        const large = crops.slice(0, largeCrops.length);
        const seen = large.map((crop) => keep(withoutGradient(() => tf.clone(replicas.gather(crop)))));
        const candidates = withoutGradient(() => tf.clone(rows));
        const queries = large.map((embedding, i) =>
          queryOf(embedding, { code: codes[1 - i]!, candidates, temperature }),
        );
        const space: EmbeddingSpace = {
          kind: "prototypes",
          queries: Object.fromEntries(largeCrops.map((name, i) => [name, queries[i]!])),
          embedQuery: (view) => l2Normalize(network.embed(view)),
          candidates,
        };
        return {
          terms: { swappedPrediction: { loss, chance: Math.log(count) } },
          metrics: { accuracy },
          publish: [published(embeddingSpace, space)],
          after() {
            if (stage !== "no queue") queues.forEach((queue, i) => queue.push(seen[i]!));
          },
        };
      },
      afterStep: normalize,
    };
  },
});

/**
 * A large crop as a query: it is compared with the prototypes, and predicts the code of the other large crop.
 */
function queryOf(
  embedding: tf.Tensor2D,
  { code, candidates, temperature }: { code: tf.Tensor2D; candidates: tf.Tensor2D; temperature: number },
): Query {
  return {
    embedding,
    positives: tf.argMax<tf.Tensor1D>(code, 1),
    lossOf(query) {
      const logits = candidateLogits({ queries: query, candidates, temperature });
      return tf.mean<tf.Scalar>(softmaxCrossEntropy(logits, code));
    },
  };
}

function checkQueue({ facts }: Build, { queueSize }: SwavOptions): void {
  const { imagesPerPass: rows } = facts;
  if (queueSize === 0 || queueSize >= rows) return;
  throw invalidOption(
    "plugins.swav.queueSize",
    `0, or at least ${rows}, the images of one forward pass (batchSize / accumulate)`,
    queueSize,
  );
}
