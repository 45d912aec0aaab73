import {
  type Build,
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  invalidOption,
  l2Normalize,
  mlpHead,
  published,
  softmaxCrossEntropy,
  swavView,
  withoutGradient,
} from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

import { options, type SwavOptions } from "./options.ts";
import { queueStage, swavPhase } from "./phases.ts";
import { sinkhorn } from "./sinkhorn.ts";
import { swappedPrediction } from "./swapped-prediction.ts";

/** The crops whose codes are predicted. */
const LARGE = ["large1", "large2"] as const;

/**
 * SwAV, https://arxiv.org/abs/2006.09882: the assignment of one crop of an image to prototypes is predicted from its other crops.
 *
 * Publishes the large crops as queries and the prototypes as candidates; a query's positive is the prototype that the other large crop
 * is assigned to first.
 */
export const swav = definePlugin<SwavOptions>({
  name: "swav",
  options,
  publishes: [embeddingSpace],
  views(options, { imageSize }) {
    const { largeScale, smallScale, smallCrops, smallSize, colorStrength: strength, blur } = options;
    const large = { recipe: swavView({ size: imageSize, scale: largeScale, strength, blur }) };
    const side = smallSize ?? Math.round((imageSize * 96) / 224);
    const small = { recipe: swavView({ size: side, scale: smallScale, strength, blur }) };
    return Object.fromEntries([
      ...LARGE.map((name) => [name, large]),
      ...smallNames(smallCrops).map((name) => [name, small]),
    ]);
  },
  setup(build, options) {
    checkQueue(build, options);
    const { dim, hidden, prototypes: count, temperature, epsilon, sinkhornIterations: iterations } = options;
    const network = build.network("network", { head: mlpHead({ dim, hidden: [hidden], batchNorm: true }) });
    const initial = { kind: "uniform", bound: 1 / Math.sqrt(dim) } as const;
    const prototypes = build.parameter("prototypes", { shape: [count, dim], initial });
    const normalize = () =>
      tf.tidy(() => prototypes.assign(l2Normalize(prototypes as unknown as tf.Tensor2D)));
    normalize();
    const queueSize = options.queueSize;
    const queues = queueSize === 0 ? [] : LARGE.map((name) => build.queue(name, { size: queueSize, dim }));
    const small = smallNames(options.smallCrops);
    const scoresOf = (rows: tf.Tensor2D): tf.Tensor2D =>
      tf.matMul(rows, prototypes as unknown as tf.Tensor2D, false, true);

    return {
      network,
      phase: swavPhase(options, build.facts),
      step({ views, replicas, keep, phase }) {
        // The encoder once for each size, then the head once for all crops: batch norm's statistics are those of the authors' code.
        const groups = [LARGE, small].filter((names) => names.length > 0);
        const features = groups.map((names) =>
          network.encode(
            tf.concat4d(
              names.map((name) => views[name]!),
              0,
            ),
          ),
        );
        const embeddings = l2Normalize(network.project(tf.concat2d(features, 0))); // [crops * B, dim]
        const crops = tf.split(embeddings, LARGE.length + small.length) as tf.Tensor2D[];
        const scores = crops.map(scoresOf); // [B, prototypes] each

        const stage = queueStage(phase);
        const b = crops[0]!.shape[0];
        const codes = LARGE.map((_, i) => {
          const queued = stage === "queue in use" ? scoresOf(queues[i]!.rows()) : undefined;
          const all = sinkhorn({ scores: replicas.gather(scores[i]!), queued, epsilon, iterations });
          return replicas.size === 1 ? all : all.slice([replicas.rank * b, 0], [b, count]);
        });
        const { loss, accuracy } = swappedPrediction({ scores, codes, temperature });
        const enqueued = crops
          .slice(0, LARGE.length)
          .map((rows) => keep(withoutGradient(() => tf.clone(replicas.gather(rows)))));

        const candidates = withoutGradient(() => tf.clone(prototypes as unknown as tf.Tensor2D));
        const query = (i: 0 | 1) => {
          const code = codes[1 - i]!;
          return {
            embedding: crops[i]!,
            positives: tf.argMax<tf.Tensor1D>(code, 1),
            lossOf: (rows: tf.Tensor2D) =>
              tf.mean<tf.Scalar>(
                softmaxCrossEntropy(tf.div(tf.matMul(rows, candidates, false, true), temperature), code),
              ),
          };
        };
        const space: EmbeddingSpace = {
          kind: "prototypes",
          queries: { large1: query(0), large2: query(1) },
          embedQuery: (view) => l2Normalize(network.embed(view)),
          candidates,
        };
        return {
          terms: { swappedPrediction: { loss, chance: Math.log(count) } },
          metrics: { accuracy },
          publish: [published(embeddingSpace, space)],
          after() {
            if (stage !== "no queue") queues.forEach((queue, i) => queue.push(enqueued[i]!));
          },
        };
      },
      afterStep: normalize,
    };
  },
});

const smallNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `small${i + 1}`);

function checkQueue({ facts }: Build, { queueSize }: SwavOptions): void {
  const rows = facts.microBatchSize * facts.replicas;
  if (queueSize === 0 || queueSize >= rows) return;
  throw invalidOption(
    "plugins.swav.queueSize",
    `0 or at least the images of one forward pass (${rows})`,
    queueSize,
  );
}
