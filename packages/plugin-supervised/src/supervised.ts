import { definePlugin, linearHead } from "@tssl/core";
import { supervisedView } from "@tssl/augment-zoo";

import { labelLoss } from "./label-loss.ts";
import * as messages from "./messages.ts";
import { supervisedOptions, type SupervisedOptions } from "./options.ts";

/**
 * Supervised training, the last row of tables of self-supervised methods: cross-entropy on the labels, one
 * dense layer on the encoder's features.
 *
 * Publishes nothing: it has no embeddings that are compared with each other, so no term attaches to it.
 */
export const supervised = definePlugin<SupervisedOptions>({
  name: "supervised",
  options: supervisedOptions,
  reads: ["labels"],
  views: ({ minimumScale }, { imageSize }) => ({
    image: { recipe: supervisedView({ size: imageSize, scale: [minimumScale, 1] }) },
  }),
  setup({ facts, network: makeNetwork }, { classes }) {
    const known = facts.classes;
    if (known !== undefined && known !== classes) throw messages.otherClasses(known, classes);
    const network = makeNetwork("network", { head: linearHead({ dim: classes }) });
    return {
      network,
      step({ views, labels }) {
        const logits = network.embed(views["image"]!); // [B, classes]
        const { loss, accuracy } = labelLoss({ logits, labels: labels! });
        return {
          terms: { crossEntropy: { loss, chance: Math.log(classes) } },
          metrics: { accuracy: { value: accuracy, highest: 1 } },
        };
      },
    };
  },
});
