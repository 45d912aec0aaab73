import { setTimeout as wait } from "node:timers/promises";

import { definePlugin, l2Normalize, linearHead } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";
import { withoutGradient } from "@tssl/engine";

const DIM = 8;
/** Milliseconds of each of the parts of the work before an epoch. */
const [PARTS, PART] = [10, 100];

/** What a process says on stderr when the work before an epoch has begun. */
export const AT_WORK = "moving-mean begins its work before an epoch";

/**
 * A method that draws every image to one point, which it moves before each epoch: to the mean embedding of
 * all images, off by random numbers. It takes a second for that, so that a kill finds it at work.
 */
export default definePlugin<object>({
  name: "moving-mean",
  options: { type: "object", additionalProperties: false, required: [], properties: {} },
  views: (_options, { imageSize }) => ({ image: { recipe: [{ op: "centerCrop", size: imageSize }] } }),
  setup(build) {
    const network = build.network("online", { head: linearHead({ dim: DIM }) });
    const zeros = tf.zeros([DIM]);
    const mean = build.variable("mean", zeros);
    zeros.dispose();
    return {
      network,
      step({ views }) {
        const rows = l2Normalize(network.embed(views["image"]!)); // [B, D]
        const target = withoutGradient(() => tf.clone(mean));
        return { terms: { distance: { loss: tf.mean(tf.squaredDifference(rows, target)) } } };
      },
      async beforeEpoch({ features, write, progress, random, signal }) {
        process.stderr.write(`${AT_WORK}\n`);
        const { count, dim, values } = await features(network);
        for (let part = 0; part < PARTS; part++) {
          progress(part / PARTS, "mean");
          await wait(PART, undefined, { signal });
        }
        const sums = new Float64Array(dim);
        values.forEach((value, i) => (sums[i % dim]! += value));
        write(
          mean,
          Float32Array.from(sums, (sum) => sum / count + 0.01 * random.normal()),
        );
      },
    };
  },
});
