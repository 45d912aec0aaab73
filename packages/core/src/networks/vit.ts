import { sizeOfView } from "@tssl/augment-zoo";
import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import type { JSONSchemaType } from "ajv";

import { headsDoNotDivide, patchesDoNotFit } from "../messages/options.ts";
import type { Initial, Scope } from "../state/scope.ts";
import { defineEncoder, type Encoder, type EncoderDefinition, type ImageFacts } from "./encoder.ts";
import { channelNorm, dense, type Layer, type Mode } from "./layers.ts";
import { fixedPositions } from "./fixed-positions.ts";
import { type Grid, resampledGrid } from "./resampled-grid.ts";

/** Tokens of all images below one another, `[B * T, D]`. */
type Rows = tf.Tensor2D;

/** A layer on tokens that looks at those of one image together: T of them. */
type TokenLayer = (x: Rows, tokens: number, mode: Mode) => Rows;

/** What tells one Vision Transformer from another. */
export interface VitShape {
  /** Length of a token, D. */
  readonly dim: number;
  /** Number of blocks. */
  readonly depth: number;
  /** Heads of each attention, unless an option says otherwise. */
  readonly heads: number;
}

export interface VitOptions {
  /** Side of a patch in pixels, 1 .. 1024; it divides the run's `imageSize`. */
  readonly patchSize: number;
  /** Heads of each attention; they divide the length of a token. */
  readonly heads: number;
  /** What the features are: the class token, or the mean of all others. */
  readonly pool: "class" | "mean";
  /** Position embeddings: learned, or sines and cosines that stay. */
  readonly positions: "learned" | "fixed";
  /** Whether the projection of patches keeps its first values. */
  readonly fixedPatches: boolean;
}

/** timm's `trunc_normal_(std=0.02)`: it cuts off at 100 deviations, so never. */
const INITIAL: Initial = { kind: "normal", deviation: 0.02 };
/** timm's, of each layer norm. */
const EPSILON = 1e-6;
/** Hidden units of a block, as a multiple of the length of a token. */
const HIDDEN = 4;

/**
 * softmax(Q Kᵀ / sqrt(d)) V in each head, and a dense layer on the heads side by side: Vaswani et al. 2017,
 * https://arxiv.org/abs/1706.03762, eq. 1. Q, K and V are parts of one weight, as timm keeps them.
 */
function attention(scope: Scope, { dim, heads }: VitShape): TokenLayer {
  const own = scope.child("qkv");
  const weight = own.parameter("weight", [dim, 3 * dim], INITIAL, "weight") as unknown as tf.Tensor2D;
  const bias = own.parameter("bias", [3 * dim], { kind: "constant", value: 0 }, "vector");
  const joined = dense(scope, "proj", { from: dim, to: dim, initial: INITIAL });
  const headDim = dim / heads;
  return (x, tokens, mode) => {
    const [query, key, value] = [0, 1, 2].map((part) => {
      const projected = tf.matMul(x, tf.slice(weight, [0, part * dim], [dim, dim]));
      const rows = tf.add(projected, tf.slice(bias, [part * dim], [dim]));
      return tf.transpose(tf.reshape<tf.Rank.R4>(rows, [-1, tokens, heads, headDim]), [0, 2, 1, 3]);
    }) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const shares = tf.softmax(tf.matMul(tf.mul(query, 1 / Math.sqrt(headDim)), key, false, true));
    const mixed = tf.transpose(tf.matMul(shares, value), [0, 2, 1, 3]);
    return joined(tf.reshape<tf.Rank.R2>(mixed, [-1, dim]), mode);
  };
}

/** x + attention(norm(x)), then x + mlp(norm(x)). */
function block(scope: Scope, shape: VitShape): TokenLayer {
  const { dim } = shape;
  const beforeAttention = channelNorm<Rows>(scope, "norm1", dim, EPSILON);
  const attend = attention(scope.child("attn"), shape);
  const beforeMlp = channelNorm<Rows>(scope, "norm2", dim, EPSILON);
  const mlp = scope.child("mlp");
  const widen = dense(mlp, "fc1", { from: dim, to: HIDDEN * dim, initial: INITIAL });
  const narrow = dense(mlp, "fc2", { from: HIDDEN * dim, to: dim, initial: INITIAL });
  return (x, tokens, mode) => {
    const y = tf.add<Rows>(x, attend(beforeAttention(x, mode), tokens, mode));
    return tf.add<Rows>(y, narrow(engine.gelu(widen(beforeMlp(y, mode), mode)), mode));
  };
}

/**
 * A token of each patch: `[B, H, W, channels]` to `[B, rows, columns, D]`. An image whose sides are no
 * multiples of a patch's has zeros below and at its right.
 */
function patchProjection(
  scope: Scope,
  { channels }: ImageFacts,
  dim: number,
  { patchSize, fixedPatches }: VitOptions,
): Layer<tf.Tensor4D, tf.Tensor4D> {
  const own = scope.child("patch_embed").child("proj");
  const shape = [patchSize, patchSize, channels, dim];
  const from = patchSize * patchSize * channels;
  // PyTorch's default of a convolution; MoCo v3's, Xavier's of the patch as one vector, where it stays.
  const initial: Initial = {
    kind: "uniform",
    bound: fixedPatches ? Math.sqrt(6 / (from + dim)) : from ** -0.5,
  };
  const filter = fixedPatches
    ? own.buffer("weight", shape, initial)
    : own.parameter("weight", shape, initial, "weight");
  const bias = fixedPatches
    ? own.buffer("bias", [dim], { kind: "constant", value: 0 })
    : own.parameter("bias", [dim], initial, "vector");
  return (images) => {
    const [, height, width] = images.shape;
    const [below, right] = [height, width].map((side) => (patchSize - (side % patchSize)) % patchSize);
    const whole =
      below === 0 && right === 0
        ? images
        : tf.pad(images, [
            [0, 0],
            [0, below!],
            [0, right!],
            [0, 0],
          ]);
    const tokens = engine.conv2d(whole, filter as unknown as tf.Tensor4D, { stride: patchSize });
    return tf.add<tf.Tensor4D>(tokens, bias);
  };
}

/**
 * The class token and the position embeddings. They are added to the patches' tokens as one array, whose
 * first row is both, so that nothing is repeated for each image.
 */
function startOfTokens(scope: Scope, dim: number, [rows, columns]: Grid, { positions }: VitOptions) {
  const classToken = scope.parameter("cls_token", [1, 1, dim], { kind: "normal", deviation: 1e-6 }, "vector");
  const shape = [1, 1 + rows * columns, dim];
  const embeddings =
    positions === "learned"
      ? scope.parameter("pos_embed", shape, INITIAL, "vector")
      : tf.tidy(() =>
          scope.buffer("pos_embed", shape, { kind: "values", values: fixedPositions(dim, [rows, columns]) }),
        );
  return ([tall, wide]: Grid): tf.Tensor3D => {
    let added = embeddings as unknown as tf.Tensor3D;
    if (tall !== rows || wide !== columns) {
      const ofPatches = tf.reshape<tf.Rank.R2>(tf.slice(added, [0, 1, 0], [1, -1, dim]), [-1, dim]);
      const resampled = resampledGrid(ofPatches, [rows, columns], [tall, wide]);
      const first = tf.slice(added, [0, 0, 0], [1, 1, dim]);
      added = tf.concat([first, tf.reshape<tf.Rank.R3>(resampled, [1, -1, dim])], 1);
    }
    return tf.add(
      added,
      tf.pad(classToken, [
        [0, 0],
        [0, tall * wide],
        [0, 0],
      ]),
    );
  };
}

/** Parameter names are timm's: cls_token, pos_embed, patch_embed.proj, blocks.0.attn.qkv, norm. */
function buildVit(
  name: string,
  scope: Scope,
  { dim, depth }: VitShape,
  options: VitOptions,
  images: ImageFacts,
): Encoder {
  const { patchSize, heads, pool } = options;
  if (dim % heads !== 0) throw headsDoNotDivide(name, dim, heads);
  const { width, height } = sizeOfView(images.imageSize);
  const grid: Grid = [height / patchSize, width / patchSize];
  if (!grid.every(Number.isInteger)) throw patchesDoNotFit([height, width], patchSize);
  const start = startOfTokens(scope, dim, grid, options);
  const project = patchProjection(scope, images, dim, options);
  const blocks = Array.from({ length: depth }, (_, i) =>
    block(scope.child("blocks").child(String(i)), { dim, depth, heads }),
  );
  const norm = channelNorm<Rows>(scope, pool === "class" ? "norm" : "fc_norm", dim, EPSILON);

  return {
    featureDim: dim,
    grid,
    forward(images, mode) {
      const patches = project(images, mode);
      const [, rows, columns] = patches.shape;
      const tokens = 1 + rows * columns;
      const behindClass = tf.pad(tf.reshape<tf.Rank.R3>(patches, [-1, tokens - 1, dim]), [
        [0, 0],
        [1, 0],
        [0, 0],
      ]);
      let x = tf.reshape<tf.Rank.R2>(tf.add(behindClass, start([rows, columns])), [-1, dim]);
      for (const block of blocks) x = block(x, tokens, mode);
      const of = tf.reshape<tf.Rank.R3>(x, [-1, tokens, dim]);
      if (pool === "class") {
        return norm(tf.reshape<tf.Rank.R2>(tf.slice(of, [0, 0, 0], [-1, 1, dim]), [-1, dim]), mode);
      }
      const others = tf.slice(of, [0, 1, 0], [-1, tokens - 1, dim]);
      return norm(engine.globalAveragePool(tf.reshape<tf.Rank.R4>(others, [-1, tokens - 1, 1, dim])), mode);
    },
  };
}

/** A Vision Transformer of any size, by its name in configs. */
export function vit(name: string, shape: VitShape): EncoderDefinition<VitOptions> {
  const options: JSONSchemaType<VitOptions> = {
    type: "object",
    additionalProperties: false,
    required: ["patchSize", "heads", "pool", "positions", "fixedPatches"],
    properties: {
      patchSize: {
        type: "integer",
        minimum: 1,
        maximum: 1024,
        default: 16,
        description:
          "Side of a patch in pixels, which divides imageSize (paper: 16); 4 for images of 32 pixels.",
      },
      heads: {
        type: "integer",
        minimum: 1,
        maximum: 1024,
        default: shape.heads,
        description: `Heads of each attention, which divide ${shape.dim} (timm; MoCo v3's small ViT has 12).`,
      },
      pool: {
        type: "string",
        enum: ["class", "mean"],
        default: "class",
        description: "What the features are: the class token (paper), or the mean of the patches' tokens.",
      },
      positions: {
        type: "string",
        enum: ["learned", "fixed"],
        default: "learned",
        description: "Position embeddings: learned (paper), or fixed sines and cosines (MoCo v3).",
      },
      fixedPatches: {
        type: "boolean",
        default: false,
        description:
          "Whether the projection of patches keeps its random first values (MoCo v3, section 4.1).",
      },
    },
  };
  return defineEncoder<VitOptions>({
    name,
    options,
    anyChannels: true,
    build: (scope, options, facts) => buildVit(name, scope, shape, options, facts),
  });
}

/**
 * The Vision Transformer of Dosovitskiy et al. 2021, https://arxiv.org/abs/2010.11929, in the sizes of
 * Touvron et al. 2021, https://arxiv.org/abs/2012.12877, table 1, with timm's names and numbers. 192
 * features.
 *
 * Weights of timm, DINO and MoCo v3 start it (MoCo v3's small ViT with `heads: 12`). Position embeddings are
 * of the run's `imageSize`; those of views of another size follow from them by bicubic interpolation, as
 * timm's `dynamic_img_size` has them, and a view whose side is no multiple of a patch's has zeros at its end.
 *
 * With `pool: "mean"` the layer norm comes after the mean, as timm's `global_pool="avg"`.
 *
 * `positions: "fixed"` and `fixedPatches` are those of MoCo v3, https://arxiv.org/abs/2104.02057. Other first
 * values are timm's; MoCo v3 draws those of dense layers from Xavier's uniform distribution instead.
 */
export const vitTiny = vit("vit-tiny", { dim: 192, depth: 12, heads: 3 });
/** The small one of the same table. 384 features. */
export const vitSmall = vit("vit-small", { dim: 384, depth: 12, heads: 6 });
/** The base one. 768 features. */
export const vitBase = vit("vit-base", { dim: 768, depth: 12, heads: 12 });
