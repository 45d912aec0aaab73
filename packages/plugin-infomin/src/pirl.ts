import {
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  l2Normalize,
  linearHead,
  published,
} from "@tssl/core";
import { bankContrast, bankWrite } from "@tssl/core/contrast";
import { pirlView } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";

import { jigsawBranch } from "./jigsaw-branch.ts";
import { jigsawView } from "./jigsaw-view.ts";
import { pirlOptions, type PirlOptions } from "./options.ts";

/**
 * PIRL, https://arxiv.org/abs/1912.01991: an image's row in a bank is recognized by a view of the whole image
 * and by the patches of a jigsaw of it.
 *
 *     loss = (1 - share) CE(f) + share CE(f_jigsaw)
 *
 * Both are compared with the same rows, and the whole image alone moves its row. Publishes the embeddings of
 * whole images as queries, and the bank's rows as candidates, as InstDisc.
 */
export const pirl = definePlugin<PirlOptions>({
  name: "pirl",
  options: pirlOptions,
  publishes: [embeddingSpace],
  views: ({ minimumScale }, { imageSize }) => ({
    image: { recipe: pirlView({ size: imageSize, scale: [minimumScale, 1] }) },
    jigsaw: jigsawView(imageSize),
  }),
  setup(build, { dim, temperature, keep, negatives = null, jigsawShare }) {
    const network = build.network("network", { head: linearHead({ dim }) });
    const bank = build.bank("bank", { rows: build.facts.datasetSize, dim, keep });
    const rowsOf = bankContrast(build, bank, { temperature, negatives });
    const embedPatches = jigsawBranch(build, network, { dim, head: "linear" });
    const embedQuery = (view: tf.Tensor4D) => l2Normalize(network.embed(view));

    return {
      network,
      step(context) {
        const embedding = embedQuery(context.views["image"]!); // [B, dim]
        const { of, chance, candidates, positives } = rowsOf(context);
        const whole = of(embedding);
        const jigsaw = of(embedPatches(context));
        const image = { embedding, positives, lossOf: (queries: tf.Tensor2D) => of(queries).loss };
        const space: EmbeddingSpace = { kind: "instances", queries: { image }, embedQuery, candidates };
        return {
          terms: {
            instances: { loss: whole.loss, weight: 1 - jigsawShare, chance },
            jigsaw: { loss: jigsaw.loss, weight: jigsawShare, chance },
          },
          metrics: { accuracy: whole.accuracy, jigsawAccuracy: jigsaw.accuracy },
          publish: [published(embeddingSpace, space)],
          after: bankWrite(bank, embedding, context),
        };
      },
    };
  },
});
