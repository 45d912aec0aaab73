import { definePlugin, mlpHead } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

import { cutPatches } from "./cut-patches.ts";
import { directionsOf } from "./directions.ts";
import { type CpcOptions, options } from "./options.ts";
import { patchRecipe, rowsAhead } from "./patch-recipe.ts";
import { meanOf, rowPredictor } from "./row-predictor.ts";

/**
 * CPC v2, https://arxiv.org/abs/1905.09272: an image is cut into overlapping patches, each of which is
 * encoded on its own. From the patches of some rows a context network predicts patches of rows further down,
 * which are to be recognized among all patches of the batch; likewise up, right and left.
 *
 * Publishes nothing: it compares no image with another, so no term attaches to it. What evaluation sees of an
 * image is the mean of its patches' encodings.
 */
export const cpc = definePlugin<CpcOptions>({
  name: "cpc",
  options,
  views: (chosen, { imageSize }) => ({ patches: { recipe: patchRecipe(chosen, imageSize).recipe } }),
  setup(build, chosen) {
    const { grid } = patchRecipe(chosen, build.facts.imageSize);
    const ahead = rowsAhead(chosen);
    const directions = directionsOf(chosen.directions);
    const places = grid.rows * grid.columns;
    // The targets of every direction, side by side. A bias would add the same to all logits of a prediction.
    const head = mlpHead({ dim: directions.length * chosen.dim, hidden: [], last: "plain" });
    const network = build.network("network", { head });
    const { featureDim } = network;
    const predictors = build.module("predictors", (scope) =>
      directions.map(({ name }) =>
        rowPredictor(scope.child(name), { ...chosen, ahead, features: featureDim }),
      ),
    );

    return {
      network,
      step({ patches, replicas }) {
        const given = patches["patches"]!; // [B, places, h, w, C]
        const [b, , h, w, channels] = given.shape;
        const encoded = network.encode(tf.reshape(given, [b * places, h, w, channels])); // [B * places, D]
        const asGrid = (rows: tf.Tensor2D) =>
          tf.reshape<tf.Rank.R4>(rows, [b, grid.rows, grid.columns, rows.shape[1]]);
        const encodings = asGrid(encoded);
        const targets = besideOneAnother(network.project(encoded), directions.length).map(asGrid);
        const outcomes = directions.map(({ turned }, i) =>
          predictors[i]!(turned(encodings), turned(targets[i]!), replicas),
        );
        const chance = ahead.length * Math.log(replicas.size * b * places);
        return {
          terms: Object.fromEntries(
            directions.map(({ name }, i) => [name, { loss: outcomes[i]!.loss, chance }]),
          ),
          metrics: { accuracy: { value: meanOf(outcomes.map(({ accuracy }) => accuracy)), highest: 1 } },
        };
      },
      representation: {
        featureDim,
        features: (images) =>
          tf.tidy(() => {
            const encoded = network.encode(cutPatches(images, grid), "inference"); // [places * B, D]
            return tf.mean<tf.Tensor2D>(tf.reshape(encoded, [places, -1, featureDim]), 0);
          }),
      },
    };
  },
});

/** Equal parts of rows. tfjs has no gradient of a split into one. */
const besideOneAnother = (rows: tf.Tensor2D, parts: number): readonly tf.Tensor2D[] =>
  parts === 1 ? [rows] : tf.split<tf.Tensor2D>(rows, parts, 1);
