import {
  type Bank,
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  l2Normalize,
  linearHead,
  published,
  type RunFacts,
  type StepContext,
  withoutGradient,
} from "@tssl/core";
import { instdiscView } from "@tssl/augment-zoo";
import { clusterInTurn } from "@tssl/core/clustering";
import { bankWrite, instanceSoftmax } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

import { localAggregation } from "./local-aggregation.ts";
import * as messages from "./messages.ts";
import { type LocalaggOptions, options } from "./options.ts";

/** The keys of the phases: InstDisc, then aggregation. */
const WARM_UP = "warm-up";
const AGGREGATE = "aggregate";

/**
 * LocalAgg, https://arxiv.org/abs/1903.12355: an embedding is drawn to the rows of a bank that are near it
 * and of its clusters. Before each epoch after the warm-up the bank is clustered. The warm-up is InstDisc's
 * softmax over the bank.
 *
 * Publishes the embeddings as queries, and all rows of the bank as candidates, as InstDisc.
 */
export const localagg = definePlugin<LocalaggOptions>({
  name: "localagg",
  options,
  publishes: [embeddingSpace],
  views: ({ views, minimumScale }, { imageSize }) => ({
    image: { recipe: instdiscView({ size: imageSize, scale: [minimumScale, 1], recipe: views }) },
  }),
  setup(build, options) {
    checkOptions(build.facts, options);
    const { dim, keep, clusterings, clusters, iterations, warmupEpochs } = options;
    const images = build.facts.datasetSize;
    const network = build.network("network", { head: linearHead({ dim }) });
    const bank = build.bank("bank", { rows: images, dim, keep });
    // Each image is a cluster of its own, until the bank is clustered.
    const first = tf.tidy(() => tf.tile(tf.expandDims(tf.range(0, images, 1, "int32"), 0), [clusterings, 1]));
    const labels = build.variable("labels", first);
    first.dispose();

    return {
      network,
      phase: ({ epoch }) => ({ key: epoch < warmupEpochs ? WARM_UP : AGGREGATE }),
      async beforeEpoch(context) {
        if (context.phase === WARM_UP) return;
        const values = context.read(bank.all()).values as Float32Array;
        const points = { count: images, dim, values };
        const works = Array.from({ length: clusterings }, () => ({ points, clusters, iterations }));
        const found = new Int32Array(clusterings * images);
        (await clusterInTurn(context, works)).forEach((each, h) => found.set(each.labels, h * images));
        context.write(labels, found);
      },
      step(context) {
        const { views, indices, phase } = context;
        const embedQuery = (view: tf.Tensor4D) => l2Normalize(network.embed(view));
        const embedding = embedQuery(views["image"]!); // [B, dim]
        const loss =
          phase === WARM_UP
            ? instanceLoss(bank, options, context)
            : aggregationLoss(bank, labels as unknown as tf.Tensor2D, options, context);

        const space: EmbeddingSpace = {
          kind: "instances",
          queries: { image: { embedding, positives: indices, lossOf: loss.of } },
          embedQuery,
          candidates: withoutGradient(() => l2Normalize(bank.all())),
        };
        return {
          ...loss.resultOf(embedding),
          publish: [published(embeddingSpace, space)],
          after: bankWrite(bank, embedding, context),
        };
      },
    };
  },
});

/** InstDisc's softmax over the whole bank: each image is a class of its own. */
function instanceLoss(bank: Bank, { temperature }: LocalaggOptions, { indices }: StepContext) {
  const resultOf = (queries: tf.Tensor2D) =>
    instanceSoftmax({ queries, bank: bank.all(), indices, temperature });
  return {
    of: (queries: tf.Tensor2D) => resultOf(queries).loss,
    resultOf(queries: tf.Tensor2D) {
      const { loss, accuracy } = resultOf(queries);
      return {
        terms: { instances: { loss, chance: Math.log(bank.size) } },
        metrics: { accuracy },
      };
    },
  };
}

function aggregationLoss(
  bank: Bank,
  labels: tf.Tensor2D,
  { background, temperature }: LocalaggOptions,
  { indices }: StepContext,
) {
  const resultOf = (queries: tf.Tensor2D) =>
    localAggregation({ queries, bank: bank.all(), indices, labels, background, temperature });
  return {
    of: (queries: tf.Tensor2D) => resultOf(queries).loss,
    resultOf(queries: tf.Tensor2D) {
      const { loss, close, alone } = resultOf(queries);
      return {
        terms: { aggregation: { loss } },
        metrics: {
          closeNeighbours: { value: close, highest: background },
          alone: { value: alone, highest: 1 },
        },
      };
    },
  };
}

function checkOptions({ datasetSize }: RunFacts, { clusters, background }: LocalaggOptions): void {
  for (const [option, value] of Object.entries({ clusters, background })) {
    if (value > datasetSize) throw messages.moreThanImages(option, datasetSize, value);
  }
}
