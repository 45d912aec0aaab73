import type { InputReader, StepRandom } from "@tssl/core";
import * as tf from "@tensorflow/tfjs";

/**
 * Different prototypes that are none of a batch's own: the first of all in a random order that has the
 * batch's at its end.
 *
 * @param random of the clustering. @param assigned `[B]` int32: the batch's prototypes, of `clusters`.
 * @param count R, at most clusters - B.
 * @returns `[R]` int32; the caller owns it.
 */
export function drawnNegatives(
  random: StepRandom,
  context: InputReader,
  assigned: tf.Tensor1D,
  { clusters, count }: { readonly clusters: number; readonly count: number },
): tf.Tensor1D {
  return tf.tidy(() => {
    const keys = random.uniform<tf.Rank.R1>(context, [clusters]); // in [0, 1)
    const taken = tf.max(tf.oneHot(assigned, clusters, 1, 0, "float32"), 0);
    return tf.topk(tf.sub(keys, taken), count).indices as tf.Tensor1D;
  });
}
