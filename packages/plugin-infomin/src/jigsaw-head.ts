import { dense, l2Normalize, type Mode, type Scope } from "@tssl/core";
import { mocoHead } from "@tssl/core/contrast";
import * as tf from "@tensorflow/tfjs";

export interface JigsawHeadOptions {
  /** Patches of an image, P. */
  readonly patches: number;
  /** Length of an embedding. */
  readonly dim: number;
  /** What each patch passes first: "linear", or "mlp" with one hidden layer as wide as the features. */
  readonly head: "mlp" | "linear";
}

/**
 * Embeds the patches of images.
 *
 * @param features `[B * P, featureDim]`: of all patches, image by image.
 * @param orders `[B, P]` int32: for each image the patch that comes first, second, …
 * @returns `[B, dim]`, rows of length 1; the caller owns it.
 */
export type JigsawHead = (features: tf.Tensor2D, orders: tf.Tensor2D) => tf.Tensor2D;

/** There is no batch norm in the head, so the mode makes no difference. */
const MODE: Mode = { training: true, batchNormGroups: 1 };

/**
 * The head of the jigsaw branch: every patch is embedded on its own, an image's embeddings are put next to
 * each other in an order of its own, and one more layer makes an embedding of length 1 of them.
 *
 * Reference: Misra & van der Maaten 2020, https://arxiv.org/abs/1912.01991, section 3.2;
 * HobbitLong/PyContrast, networks/util.py (JigsawHead) at d72bb9a.
 *
 * @param scope where "fc1" and "fc2" get their parameters. @param featureDim of the encoder.
 */
export function jigsawHead(
  scope: Scope,
  featureDim: number,
  { patches, dim, head }: JigsawHeadOptions,
): JigsawHead {
  const definition = mocoHead({ head, dim });
  const ofPatch = definition(scope.child("fc1"), featureDim);
  const ofAll = dense(scope, "fc2", { from: patches * dim, to: dim });
  return (features, orders) =>
    tf.tidy(() => {
      const count = orders.shape[0];
      const embedded = ofPatch.forward(features, MODE); // [B * P, dim]
      const inOrder = rearranged(tf.reshape<tf.Rank.R3>(embedded, [count, patches, dim]), orders);
      return l2Normalize(ofAll(tf.reshape<tf.Rank.R2>(inOrder, [count, patches * dim]), MODE));
    });
}

/**
 * `[B, P, dim]` in the orders `[B, P]`: a product with a matrix of one 1 in each row, which changes no
 * number.
 */
function rearranged(rows: tf.Tensor3D, orders: tf.Tensor2D): tf.Tensor3D {
  const places = tf.oneHot(orders, rows.shape[1], 1, 0, "float32") as tf.Tensor3D;
  return tf.matMul(places, rows);
}
