import { definePlugin, type EmbeddingSpace, embeddingSpace, type Query } from "@tssl/core";
import { leavingOut } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

import { cropNames, cropViews } from "./crops.ts";
import { ddm } from "./ddm.ts";
import * as messages from "./messages.ts";
import { type ClsaOptions, options } from "./options.ts";

/**
 * CLSA on any method that publishes an embedding space, Wang & Qi 2021, https://arxiv.org/abs/2104.07713.
 *
 * Strongly augmented views pass through the online branch and learn from the weak views. Adds `beta * L_D`,
 * summed over every weak query and every strong view, and the method's own loss of extra weak views. The
 * added views never enter a momentum encoder or a queue.
 */
export const clsa = definePlugin<ClsaOptions>({
  name: "clsa",
  options,
  requires: [embeddingSpace],
  views: cropViews,
  setup(_build, options) {
    const names = cropNames(options);
    return {
      step({ views, use }) {
        const space = use(embeddingSpace);
        const host = hostQuery(space, options.weakView);
        // One pass per view: batch norm has separate statistics for each view, as in the authors' code.
        const embed = (name: string) => space.embedQuery(views[name]!);
        const weak = names.weak.map((name): Query => ({ ...host, embedding: embed(name) }));
        const strong = names.strong.map(embed);
        return {
          terms: {
            ...(weak.length > 0 && { weakViews: { loss: sumOf(weak.map(ownLoss)) } }),
            ...(options.loss === "ddm"
              ? { ddm: ddmOfPairs([...Object.values(space.queries), ...weak], strong, space, options) }
              : { contrastive: { loss: sumOf(strong.map(host.lossOf)), weight: options.beta } }),
          },
        };
      },
    };
  },
});

/** A reduction has one order; that of AddN depends on which of its inputs' buffers are free. */
const sumOf = (losses: readonly tf.Scalar[]) => tf.sum<tf.Scalar>(tf.stack([...losses]));
const ownLoss = ({ lossOf, embedding }: Query) => lossOf(embedding);

/** The method's query in whose place the added views are compared. */
function hostQuery({ queries }: EmbeddingSpace, weakView: string | null | undefined): Query {
  const known = Object.keys(queries);
  const query = queries[weakView ?? known[0]!];
  if (query === undefined) throw messages.notAQuery(known, weakView);
  return query;
}

/**
 * L_D of every weak query with every strong view; both sides of a pair use the candidates of the weak query.
 */
function ddmOfPairs(
  weak: readonly Query[],
  strong: readonly tf.Tensor2D[],
  { candidates }: EmbeddingSpace,
  { beta, temperature, detachTeacher }: ClsaOptions,
) {
  const count = candidates.shape[0];
  const losses = weak.flatMap(({ embedding, sameView }) => {
    const excluded = sameView === undefined ? undefined : leavingOut(sameView, count);
    return strong.map((student) =>
      ddm({ weak: embedding, strong: student, candidates, temperature, detachTeacher, excluded }),
    );
  });
  const chance = weak.reduce(
    (sum, { sameView }) => sum + Math.log(sameView === undefined ? count : count - 1),
    0,
  );
  return { loss: sumOf(losses), weight: beta, chance: chance * strong.length };
}
