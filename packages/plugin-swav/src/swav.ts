import {
  type Build,
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  invalidOption,
  l2Normalize,
  mlpHead,
  type Network,
  published,
  type Query,
  softmaxCrossEntropy,
  withoutGradient,
} from "@tssl/core";
import { candidateLogits } from "@tssl/core/contrast";
import { swavView, type ViewSize } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { options, type SwavOptions } from "./options.ts";
import { queueStage, swavPhase } from "./phases.ts";
import { sinkhorn } from "./sinkhorn.ts";
import { swappedPrediction } from "./swapped-prediction.ts";

/** The authors' 96 pixels beside 224, in proportion. */
function smallSizeBeside(size: ViewSize): ViewSize {
  const smaller = (side: number): number => Math.round((side * 96) / 224);
  return typeof size === "number" ? smaller(size) : [smaller(size[0]), smaller(size[1])];
}

/** The crops whose codes are predicted. */
const LARGE = ["large1", "large2"] as const;

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
  views(options, { imageSize }) {
    const { largeScale, smallScale, smallCrops, smallSize, colorStrength: strength, blur } = options;
    const large = { recipe: swavView({ size: imageSize, scale: largeScale, strength, blur }) };
    const side = smallSize ?? smallSizeBeside(imageSize);
    const small = { recipe: swavView({ size: side, scale: smallScale, strength, blur }) };
    const named = [
      ...LARGE.map((name) => [name, large] as const),
      ...smallNames(smallCrops).map((name) => [name, small] as const),
    ];
    return Object.fromEntries(named);
  },
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
    const queues = queueSize === 0 ? [] : LARGE.map((name) => build.queue(name, { size: queueSize, dim }));
    const small = smallNames(options.smallCrops);
    const scoresOf = (embeddings: tf.Tensor2D): tf.Tensor2D => tf.matMul(embeddings, rows, false, true);

    return {
      network,
      phase: swavPhase(options, build.facts),
      step({ views, replicas, keep, phase }) {
        const stage = queueStage(phase);
        const groups = [LARGE, small].filter((names) => names.length > 0);
        const crops = embedCrops(network, groups.map((names) => names.map((name) => views[name]!))); // prettier-ignore
        const scores = crops.map(scoresOf); // [B, prototypes] each

        const codes = LARGE.map((_, i) => {
          const queued = stage === "queue in use" ? scoresOf(queues[i]!.rows()) : undefined;
          const together = replicas.gather(scores[i]!);
          const iterations = options.sinkhornIterations;
          return replicas.own(sinkhorn({ scores: together, queued, epsilon, iterations }));
        });
        const { loss, accuracy } = swappedPrediction({ scores, codes, temperature });

        const large = crops.slice(0, LARGE.length);
        const seen = large.map((crop) => keep(withoutGradient(() => tf.clone(replicas.gather(crop)))));
        const candidates = withoutGradient(() => tf.clone(rows));
        const queries = large.map((embedding, i) =>
          queryOf(embedding, { code: codes[1 - i]!, candidates, temperature }),
        );
        const space: EmbeddingSpace = {
          kind: "prototypes",
          queries: Object.fromEntries(LARGE.map((name, i) => [name, queries[i]!])),
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
 * The embeddings of all crops, `[B, dim]` each, rows of length 1: the encoder once for each size, then the
 * head once for all, so that batch norm's statistics are those of the authors' code.
 *
 * @param groups the crops of each size.
 */
function embedCrops(network: Network, groups: readonly (readonly tf.Tensor4D[])[]): tf.Tensor2D[] {
  const features = groups.map((crops) => network.encode(tf.concat4d([...crops], 0)));
  const embeddings = l2Normalize(network.project(tf.concat2d(features, 0)));
  return tf.split<tf.Tensor2D>(embeddings, groups.flat().length);
}

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

const smallNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `small${i + 1}`);

function checkQueue({ facts }: Build, { queueSize }: SwavOptions): void {
  const rows = facts.microBatchSize * facts.replicas;
  if (queueSize === 0 || queueSize >= rows) return;
  throw invalidOption(
    "plugins.swav.queueSize",
    `0, or at least ${rows}, the images of one forward pass (batchSize / accumulate)`,
    queueSize,
  );
}
