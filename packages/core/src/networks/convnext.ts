import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import type { Initial, Scope } from "../state/scope.ts";
import { viewTooSmall } from "../messages/options.ts";
import {
  defineEncoder,
  type Encoder,
  type EncoderDefinition,
  type EncoderStage,
  type ImageFacts,
} from "./encoder.ts";
import { channelNorm, dense, type Layer } from "./layers.ts";

type ImageLayer = Layer<tf.Tensor4D, tf.Tensor4D>;

/** Blocks and channels of each of the four stages. */
export interface ConvnextShape {
  readonly depths: readonly number[];
  readonly dims: readonly number[];
  /** What the sum of a block is multiplied by at first ("layer scale"). Default 1e-6. */
  readonly layerScale?: number;
}

/** timm's `trunc_normal_(std=0.02)`: it cuts off at 100 deviations, so never. */
const INITIAL: Initial = { kind: "normal", deviation: 0.02 };
const ZERO: Initial = { kind: "constant", value: 0 };
/** timm's, of each layer norm. */
const EPSILON = 1e-6;
/** Side of the filters of blocks. */
const WINDOW = 7;
/** Hidden units of a block, as a multiple of its channels. */
const HIDDEN = 4;
/** Sides of the patches of the stem, and of each downsampling. */
const [STEM, DOWN] = [4, 2];

/** A convolution of windows beside one another, with a bias: each side becomes `size` times shorter. */
function shrinking(
  scope: Scope,
  name: string,
  { from, to, size }: { readonly from: number; readonly to: number; readonly size: number },
): ImageLayer {
  const own = scope.child(name);
  const filter = own.parameter("weight", [size, size, from, to], INITIAL, "weight") as unknown as tf.Tensor4D;
  const bias = own.parameter("bias", [to], ZERO, "vector");
  return (x) => tf.add<tf.Tensor4D>(engine.conv2d(x, filter, { stride: size }), bias);
}

/** Each channel under a filter of its own. It is kept as a convolution in as many groups, `[7, 7, 1, C]`. */
function depthwise(scope: Scope, name: string, channels: number): ImageLayer {
  const own = scope.child(name);
  const filter = own.parameter("weight", [WINDOW, WINDOW, 1, channels], INITIAL, "weight");
  const bias = own.parameter("bias", [channels], ZERO, "vector");
  return (x) => {
    const perChannel = tf.reshape<tf.Rank.R4>(filter, [WINDOW, WINDOW, channels, 1]);
    return tf.add<tf.Tensor4D>(tf.depthwiseConv2d(x, perChannel, 1, "same"), bias);
  };
}

/** x + gamma mlp(norm(depthwise(x))), the mlp on each pixel: section 2.6 and figure 4. */
function block(scope: Scope, channels: number, layerScale: number): ImageLayer {
  const gamma = scope.parameter("gamma", [channels], { kind: "constant", value: layerScale }, "vector");
  const convolve = depthwise(scope, "conv_dw", channels);
  const norm = channelNorm<tf.Tensor2D>(scope, "norm", channels, EPSILON);
  const mlp = scope.child("mlp");
  const widen = dense(mlp, "fc1", { from: channels, to: HIDDEN * channels, initial: INITIAL });
  const narrow = dense(mlp, "fc2", { from: HIDDEN * channels, to: channels, initial: INITIAL });
  return (x, mode) => {
    const pixels = tf.reshape<tf.Rank.R2>(convolve(x, mode), [-1, channels]);
    const y = narrow(engine.gelu(widen(norm(pixels, mode), mode)), mode);
    return tf.add<tf.Tensor4D>(x, tf.reshape(tf.mul(y, gamma), x.shape));
  };
}

/** Layers one after the other. Windows lie beside one another, so the rest of a side is cut off. */
const stageOf = (
  name: string,
  channels: number,
  stride: number,
  layers: readonly ImageLayer[],
): EncoderStage => ({
  ...{ name, channels, stride, rounding: "down" },
  forward: (map, mode) => layers.reduce((x, layer) => layer(x, mode), map),
});

/** Parameter names are timm's: stem.0, stages.0.blocks.0.conv_dw, stages.1.downsample.1, head.norm. */
function buildConvnext(
  name: string,
  scope: Scope,
  { depths, dims, layerScale = 1e-6 }: ConvnextShape,
  images: Pick<ImageFacts, "channels">,
): Encoder {
  const stem = scope.child("stem");
  const stages: EncoderStage[] = [
    stageOf("stem", dims[0]!, STEM, [
      shrinking(stem, "0", { from: images.channels, to: dims[0]!, size: STEM }),
      channelNorm<tf.Tensor4D>(stem, "1", dims[0]!, EPSILON),
    ]),
  ];
  for (const [i, channels] of dims.entries()) {
    const stage = scope.child("stages").child(String(i));
    const layers: ImageLayer[] = [];
    if (i > 0) {
      const from = dims[i - 1]!;
      const down = stage.child("downsample");
      layers.push(
        channelNorm<tf.Tensor4D>(down, "0", from, EPSILON),
        shrinking(down, "1", { from, to: channels, size: DOWN }),
      );
    }
    const blocks = stage.child("blocks");
    for (let j = 0; j < depths[i]!; j++) layers.push(block(blocks.child(String(j)), channels, layerScale));
    stages.push(stageOf(`res${i + 2}`, channels, STEM * DOWN ** i, layers));
  }
  const least = stages.at(-1)!.stride;
  const featureDim = dims.at(-1)!;
  const norm = channelNorm<tf.Tensor2D>(scope.child("head"), "norm", featureDim, EPSILON);
  return {
    featureDim,
    stages,
    forward(images, mode) {
      const [, height, width] = images.shape;
      if (Math.min(height, width) < least) throw viewTooSmall(name, [height, width], least);
      const map = stages.reduce((x, stage) => stage.forward(x, mode), images);
      return norm(engine.globalAveragePool(map), mode);
    },
  };
}

/** A ConvNeXt of any size, by its name in configs. */
export const convnext = (name: string, shape: ConvnextShape): EncoderDefinition<object> =>
  defineEncoder<object>({
    name,
    options: { type: "object", additionalProperties: false, required: [], properties: {} },
    anyChannels: true,
    build: (scope, _, images) => buildConvnext(name, scope, shape, images),
  });

/**
 * ConvNeXt-T of Liu et al. 2022, https://arxiv.org/abs/2201.03545, section 2.2 and table 9, with timm's names
 * and numbers; weights of torchvision and of the authors start it as well. 768 features. For images of 32
 * pixels and more: each side becomes 32 times shorter. Its stages are named as in table 9: stem, res2, res3,
 * res4 and res5.
 *
 * Differs from the authors' training in that no block is left out at random ("stochastic depth").
 */
export const convnextTiny = convnext("convnext-tiny", { depths: [3, 3, 9, 3], dims: [96, 192, 384, 768] });
