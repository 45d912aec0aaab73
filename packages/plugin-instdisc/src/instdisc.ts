import {
  definePlugin,
  type EmbeddingSpace,
  embeddingSpace,
  l2Normalize,
  linearHead,
  published,
} from "@tssl/core";
import { bankWrite } from "@tssl/core/contrast";
import { instdiscView } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";

import { instanceLoss, lossName } from "./instance-loss.ts";
import { type InstdiscOptions, options } from "./options.ts";

/**
 * InstDisc, https://arxiv.org/abs/1805.01978: every training image is a class of its own, and its row in a
 * bank, the mean of its earlier embeddings, stands for the class.
 *
 * Publishes the batch's embeddings as queries. Candidates are the whole bank with the full softmax; otherwise
 * the rows of the batch's images, and as many more, drawn for the whole batch, as the loss draws for each
 * image.
 */
export const instdisc = definePlugin<InstdiscOptions>({
  name: "instdisc",
  options,
  publishes: [embeddingSpace],
  views: ({ views, minimumScale }, { imageSize }) => ({
    image: { recipe: instdiscView({ size: imageSize, scale: [minimumScale, 1], recipe: views }) },
  }),
  setup(build, options) {
    const { dim, keep: share } = options;
    const rows = build.facts.datasetSize;
    const network = build.network("network", { head: linearHead({ dim }) });
    // First values have length 1 in the mean alone, as in the authors' code.
    const bank = build.bank("bank", { rows, dim, keep: share, initial: "uniform" });
    const term = lossName(options, rows);
    const lossOfStep = instanceLoss(build, bank, options);
    const embed = (images: tf.Tensor4D) => l2Normalize(network.embed(images));

    return {
      network,
      step(context) {
        const embedding = embed(context.views["image"]!); // [B, dim]
        const { candidates, positives, chance, of } = lossOfStep(context);
        const { loss, accuracy, after } = of(embedding);
        const write = bankWrite(bank, embedding, context);
        const image = { embedding, positives, lossOf: (query: tf.Tensor2D) => of(query).loss };
        const space: EmbeddingSpace = {
          kind: "instances",
          queries: { image },
          embedQuery: embed,
          candidates,
        };
        return {
          terms: { [term]: { loss, chance } },
          metrics: { accuracy },
          publish: [published(embeddingSpace, space)],
          after() {
            after?.();
            write();
          },
        };
      },
    };
  },
});
