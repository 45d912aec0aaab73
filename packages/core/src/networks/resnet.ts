import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import type { JSONSchemaType } from "ajv";

import { defineEncoder, type Encoder, type EncoderDefinition, type EncoderStage } from "./encoder.ts";
import { batchNorm, convolution, type Layer, layerNorm } from "./layers.ts";
import type { Scope } from "../state/scope.ts";

type ImageLayer = Layer<tf.Tensor4D, tf.Tensor4D>;

/** What follows a convolution. Layers of both kinds have torchvision's names: bn1, downsample.1. */
type Norm = (scope: Scope, name: string, channels: number) => ImageLayer;

const norms: Readonly<Record<"batch" | "layer", Norm>> = {
  batch: (scope, name, channels) => batchNorm<tf.Tensor4D>(scope, name, channels),
  layer: layerNorm,
};

/** A residual block, from `from` channels; `width` is that of its stage. */
interface BlockShape {
  readonly norm: Norm;
  readonly from: number;
  readonly width: number;
  readonly stride: number;
}

interface BlockKind {
  /** Channels that leave the block, as a multiple of its stage's width. */
  readonly expansion: number;
  readonly convolutions: (
    shape: BlockShape,
  ) => readonly { to: number; size: number; stride: number; groups?: number }[];
}

const basicBlock: BlockKind = {
  expansion: 1,
  convolutions: ({ width, stride }) => [
    { to: width, size: 3, stride },
    { to: width, size: 3, stride: 1 },
  ],
};

/** The width of the first stage, by which torchvision counts the width of a group. */
const FIRST_WIDTH = 64;

/**
 * With the stride in the 3x3 convolution, as in torchvision ("ResNet v1.5"). The paper has it in the first
 * 1x1. The 3x3 convolution has `groups` groups of `widthPerGroup` channels in the first stage, and of twice
 * as many in each after it.
 */
const bottleneck = ({ groups, widthPerGroup }: BottleneckOptions): BlockKind => ({
  expansion: 4,
  convolutions({ width, stride }) {
    const inside = Math.floor((width * widthPerGroup) / FIRST_WIDTH) * groups;
    return [
      { to: inside, size: 1, stride: 1 },
      { to: inside, size: 3, stride, groups },
      { to: width * 4, size: 1, stride: 1 },
    ];
  },
});

/** The same block, whose inside is computed again for its gradient instead of kept. */
function recomputedBlock(scope: Scope, kind: BlockKind, shape: BlockShape): ImageLayer {
  const parameters: tf.Variable[] = [];
  const block = residualBlock(collecting(scope, parameters), kind, shape);
  return (x, mode) =>
    mode.training
      ? engine.recomputed((input, again) => block(input, { ...mode, again }), x, parameters)
      : block(x, mode);
}

/** A scope that also writes down the parameters made in it. */
const collecting = (scope: Scope, parameters: tf.Variable[]): Scope => ({
  ...scope,
  child: (name) => collecting(scope.child(name), parameters),
  parameter(...args) {
    const parameter = scope.parameter(...args);
    parameters.push(parameter);
    return parameter;
  },
});

/**
 * y = relu(F(x) + shortcut(x)), F alternating convolutions and norms with relu between.
 *
 * Where F changes the shape, the shortcut is a 1x1 convolution and a norm ("option B").
 */
function residualBlock(scope: Scope, kind: BlockKind, shape: BlockShape): ImageLayer {
  let from = shape.from;
  const layers = kind.convolutions(shape).map((conv, i) => {
    const convolve = convolution(scope, `conv${i + 1}`, { from, ...conv });
    const normalize = shape.norm(scope, `bn${i + 1}`, conv.to);
    from = conv.to;
    return { convolve, normalize };
  });
  const shortcut =
    shape.stride !== 1 || shape.from !== from
      ? {
          convolve: convolution(scope, "downsample.0", {
            from: shape.from,
            to: from,
            size: 1,
            stride: shape.stride,
          }),
          normalize: shape.norm(scope, "downsample.1", from),
        }
      : undefined;

  return (x, mode) => {
    let y = x;
    for (const [i, { convolve, normalize }] of layers.entries()) {
      y = normalize(convolve(i === 0 ? y : engine.relu(y), mode), mode);
    }
    const straight = shortcut === undefined ? x : shortcut.normalize(shortcut.convolve(x, mode), mode);
    return engine.relu(tf.add(y, straight));
  };
}

interface ResnetShape {
  readonly kind: BlockKind;
  /** Blocks per stage; each stage after the first halves the image. */
  readonly blocks: readonly number[];
  /** Width of each stage: of its 3x3 convolutions, but where options make those of ResNet-50 wider. */
  readonly widths: readonly number[];
  /** "imagenet": 7x7 stride 2, then 3x3 max pooling, stride 2. "cifar": 3x3 stride 1, no pooling. */
  readonly stem: "imagenet" | "cifar";
  readonly norm: "batch" | "layer";
  readonly recompute: boolean;
  readonly channels: number;
}

/** Parameter names are torchvision's: conv1, bn1, layer1.0.conv1 … layer4.1.bn2, layer2.0.downsample.0. */
function buildResnet(scope: Scope, shape: ResnetShape): Encoder {
  const { kind, blocks, widths, stem, recompute, channels } = shape;
  const norm = norms[shape.norm];
  const stemWidth = widths[0]!;
  const stemConvolution = convolution(
    scope,
    "conv1",
    stem === "imagenet"
      ? { from: channels, to: stemWidth, size: 7, stride: 2 }
      : { from: channels, to: stemWidth, size: 3 },
  );
  const stemNorm = norm(scope, "bn1", stemWidth);

  let from = stemWidth;
  const residual = blocks.map((count, stage) =>
    Array.from({ length: count }, (_, i) => {
      const width = widths[stage]!;
      const stride = stage > 0 && i === 0 ? 2 : 1;
      const block = (recompute ? recomputedBlock : residualBlock)(
        scope.child(`layer${stage + 1}`).child(String(i)),
        kind,
        { norm, from, width, stride },
      );
      from = width * kind.expansion;
      return block;
    }),
  );

  const beforeStages = stem === "imagenet" ? 4 : 1;
  const stages: readonly EncoderStage[] = [
    {
      ...{ name: "conv1", channels: stemWidth, stride: stem === "imagenet" ? 2 : 1 },
      forward: (images, mode) => engine.relu(stemNorm(stemConvolution(images, mode), mode)),
    },
    ...residual.map((blocks, stage): EncoderStage => {
      const pools = stem === "imagenet" && stage === 0;
      return {
        ...{ name: `res${stage + 2}`, channels: widths[stage]! * kind.expansion },
        stride: beforeStages * 2 ** stage,
        forward: (map, mode) => {
          const first = pools ? engine.maxPool2d(map, { size: 3, stride: 2, padding: 1 }) : map;
          return blocks.reduce((x, block) => block(x, mode), first);
        },
      };
    }),
  ];
  return {
    featureDim: from,
    stages,
    forward: (images, mode) =>
      engine.globalAveragePool(stages.reduce((map, { forward }) => forward(map, mode), images)),
  };
}

export interface ResnetOptions {
  readonly stem: "imagenet" | "cifar";
  /**
   * What follows each convolution. "batch": batch norm. "layer": layer norm, by which no image knows of
   * another.
   */
  readonly norm: "batch" | "layer";
  /**
   * Compute the inside of each residual block again for its gradient, instead of keeping it: less memory,
   * more time.
   */
  readonly recompute: boolean;
}

/** How wide the inside of a bottleneck is. */
export interface BottleneckOptions {
  /** Groups of the 3x3 convolutions, 1 .. 65536. */
  readonly groups: number;
  /** Channels of a group in the first stage, 1 .. 65536. */
  readonly widthPerGroup: number;
}

const norm = {
  type: "string",
  enum: ["batch", "layer"],
  default: "batch",
  description:
    "What follows each convolution: batch norm (paper); or layer norm, over each image on its own, as CPC " +
    "v2 has it.",
} as const;

const recompute = {
  type: "boolean",
  default: false,
  description:
    "Whether the inside of each residual block is computed again for its gradient instead of kept: less " +
    "memory, more time.",
} as const;

const stem = {
  type: "string",
  enum: ["imagenet", "cifar"],
  default: "imagenet",
  description:
    "First layers: imagenet 7x7 with stride 2 and max pooling (paper), for images of 96 pixels and more; " +
    "cifar 3x3 with stride 1.",
} as const;

const WIDTHS = [64, 128, 256, 512];

function basicResnet(name: string, blocks: readonly number[]): EncoderDefinition<ResnetOptions> {
  const options: JSONSchemaType<ResnetOptions> = {
    type: "object",
    additionalProperties: false,
    required: ["stem", "norm", "recompute"],
    properties: { stem, norm, recompute },
  };
  return defineEncoder<ResnetOptions>({
    name,
    options,
    anyChannels: true,
    build: (scope, options, { channels }) =>
      buildResnet(scope, { kind: basicBlock, blocks, widths: WIDTHS, channels, ...options }),
  });
}

/**
 * ResNet-18 of He et al. 2016, https://arxiv.org/abs/1512.03385, table 1, in torchvision's form. 512
 * features.
 */
export const resnet18 = basicResnet("resnet18", [2, 2, 2, 2]);
/** ResNet-34, of the same table. 512 features. */
export const resnet34 = basicResnet("resnet34", [3, 4, 6, 3]);

/**
 * ResNet-50, of the same table, and by its options two networks made from it. 2048 features.
 *
 * - ResNeXt-50 32x4d, `groups: 32, widthPerGroup: 4`: Xie et al. 2017, https://arxiv.org/abs/1611.05431,
 *   table 1; torchvision's and timm's `resnext50_32x4d`.
 * - Wide ResNet-50-2, `widthPerGroup: 128`: Zagoruyko & Komodakis 2016, https://arxiv.org/abs/1605.07146;
 *   torchvision's and timm's `wide_resnet50_2`.
 */
export const resnet50 = defineEncoder<ResnetOptions & BottleneckOptions>({
  name: "resnet50",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["stem", "norm", "recompute", "groups", "widthPerGroup"],
    properties: {
      stem,
      norm,
      recompute,
      groups: {
        type: "integer",
        minimum: 1,
        maximum: 65536,
        default: 1,
        description: "Groups of each 3x3 convolution; ResNeXt-50 32x4d has 32 (arXiv:1611.05431, table 1).",
      },
      widthPerGroup: {
        type: "integer",
        minimum: 1,
        maximum: 65536,
        default: 64,
        description:
          "Channels of a group in the first stage; ResNeXt-50 32x4d has 4, Wide ResNet-50-2 128 " +
          "(torchvision).",
      },
    },
  },
  anyChannels: true,
  build: (scope, { groups, widthPerGroup, ...rest }, { channels }) =>
    buildResnet(scope, {
      channels,
      kind: bottleneck({ groups, widthPerGroup }),
      blocks: [3, 4, 6, 3],
      widths: WIDTHS,
      ...rest,
    }),
});

export interface CifarResnetOptions {
  /** Channels of the three stages. */
  readonly widths: [number, number, number];
  /** The same options as of the other ResNets. */
  readonly norm: "batch" | "layer";
  readonly recompute: boolean;
}

/**
 * The ResNet-20 of He et al. 2016, section 4.2: three stages of three basic blocks for 32x32 images, 64
 * features.
 *
 * Differs from the paper in the shortcuts that change shape: a 1x1 convolution with batch norm instead of
 * zero padding.
 */
export const resnet20 = defineEncoder<CifarResnetOptions>({
  name: "resnet20",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["widths", "norm", "recompute"],
    properties: {
      widths: {
        type: "array",
        items: [
          { type: "integer", minimum: 1, maximum: 65536 },
          { type: "integer", minimum: 1, maximum: 65536 },
          { type: "integer", minimum: 1, maximum: 65536 },
        ],
        minItems: 3,
        maxItems: 3,
        default: [16, 32, 64],
        description: "Channels of the three stages (paper, section 4.2).",
      },
      norm,
      recompute,
    },
  },
  anyChannels: true,
  build: (scope, options, { channels }) =>
    buildResnet(scope, { kind: basicBlock, blocks: [3, 3, 3], stem: "cifar", channels, ...options }),
});
