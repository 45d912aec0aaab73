import {
  constant,
  cosine,
  definePlugin,
  embeddingSpace,
  invalidOption,
  l2Normalize,
  mlpHead,
  published,
  type Query,
} from "@tssl/core";
import { byolView } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { type ByolOptions, options } from "./options.ts";
import { regressionLoss } from "./regression-loss.ts";

/**
 * BYOL, https://arxiv.org/abs/2006.07733: from one view of an image, the online branch predicts the momentum
 * encoder's projection of the other view. There are no negatives.
 *
 * Publishes the predictions of both views as queries, and as candidates the projections of both views and the
 * queue, if there is one. For each query the projection of its own view is left out.
 */
export const byol = definePlugin<ByolOptions>({
  name: "byol",
  options,
  publishes: [embeddingSpace],
  views: ({ minimumScale, saturation, blur, solarize }, { imageSize }) => {
    const view = (i: 0 | 1) => ({
      recipe: byolView({
        size: imageSize,
        scale: [minimumScale, 1],
        saturation,
        blur: blur[i],
        solarize: solarize[i],
      }),
    });
    return { first: view(0), second: view(1) };
  },
  setup(build, { dim, hidden, momentum, momentumSchedule, queueSize }) {
    const least = 2 * build.facts.imagesPerPass;
    if (queueSize > 0 && queueSize < least) {
      const rule = `0, or at least ${least}, two rows per image of one forward pass (batchSize / accumulate)`;
      throw invalidOption("plugins.byol.queueSize", rule, queueSize);
    }
    const head = mlpHead({ dim, hidden: [hidden], batchNorm: true, last: "plain" });
    const online = build.network("online", { head });
    const predict = build.head("predictor", { head, inputDim: dim });
    const target = build.emaOf(online, "target", {
      momentum: momentumSchedule === "cosine" ? cosine({ from: momentum, to: 1 }) : constant(momentum),
    });
    const queue = queueSize > 0 ? build.queue("projections", { size: queueSize, dim }) : undefined;
    const embedQuery = (view: tf.Tensor4D) => l2Normalize(predict(online.embed(view)));
    const project = (view: tf.Tensor4D) => l2Normalize(target.embed(view));

    return {
      network: online,
      step({ views, keep, replicas }) {
        // One pass per view: batch norm has separate statistics for each view, as in the authors' code.
        const [first, second] = [embedQuery(views["first"]!), embedQuery(views["second"]!)]; // [B, dim]
        const [firstTarget, secondTarget] = [project(views["first"]!), project(views["second"]!)];
        // The rows of one view on all replicas stand before those of the other.
        const own = replicas.ownRows(first.shape[0]);
        const rows = [own, tf.add<tf.Tensor1D>(own, tf.scalar(replicas.size * first.shape[0], "int32"))];
        const query = (embedding: tf.Tensor2D, at: { sameView: number; positive: number }): Query => ({
          embedding,
          sameView: rows[at.sameView]!,
          positives: rows[at.positive]!,
          lossOf: (prediction) => regressionLoss(prediction, at.positive === 0 ? firstTarget : secondTarget),
        });
        const queries = {
          first: query(first, { sameView: 0, positive: 1 }),
          second: query(second, { sameView: 1, positive: 0 }),
        };
        // [replicas * 2B, dim]
        const projections = keep(tf.concat2d([firstTarget, secondTarget].map(replicas.gather), 0));
        const candidates = queue === undefined ? projections : tf.concat2d([projections, queue.rows()], 0);
        const loss = tf.add<tf.Scalar>(queries.first.lossOf(first), queries.second.lossOf(second));
        return {
          terms: { regression: { loss, chance: 4 } },
          publish: [published(embeddingSpace, { kind: "instances", queries, embedQuery, candidates })],
          after: () => queue?.push(projections),
        };
      },
      afterStep: (context) => target.update(context),
    };
  },
});
