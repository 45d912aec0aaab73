import type { ViewSize } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";
import type { JSONSchemaType } from "ajv";

import { encoderNeedsColours } from "../messages/channels.ts";
import type { Layer } from "./layers.ts";
import type { Grid } from "./resampled-grid.ts";
import type { Scope } from "../state/scope.ts";

/** A part of an encoder, which ends in a feature map. */
export interface EncoderStage {
  /** Unique in its encoder; of ResNets "conv1", and "res2" to "res5" as the papers call them. */
  readonly name: string;
  /** Channels of the map. */
  readonly channels: number;
  /** Pixels of an image for one of the map, along each side. */
  readonly stride: number;
  /**
   * What becomes of a side that the stride does not divide. "up", the default: a rest has a pixel of its own,
   * as after convolutions with padding. "down": it is cut off, as by windows beside one another.
   */
  readonly rounding?: "up" | "down";
  /**
   * The map of the stage before, or normalized images `[B, H, W, C]` to the first one, to
   * `[B, H / stride, W / stride, channels]`. The caller owns the result.
   */
  readonly forward: Layer<tf.Tensor4D, tf.Tensor4D>;
}

/** Pixels of a stage's map along one side, of images of so many. */
export const sideOfMap = (
  { stride, rounding = "up" }: Pick<EncoderStage, "stride" | "rounding">,
  pixels: number,
): number => (rounding === "up" ? Math.ceil(pixels / stride) : Math.floor(pixels / stride));

/** A network from images to feature vectors, with its parameters made. */
export interface Encoder {
  /** Length of a feature vector. */
  readonly featureDim: number;
  /** The patches that its position embeddings are of; absent where it has none. */
  readonly grid?: Grid;
  /**
   * Its stages in their order, where it has feature maps to give; evaluations that read several layers need
   * them. Each goes on from the map of the one before, and the features are made of the last one's.
   */
  readonly stages?: readonly EncoderStage[];
  /** `[B, H, W, channels]`, normalized, to `[B, featureDim]`. The caller owns the result. */
  readonly forward: Layer<tf.Tensor4D, tf.Tensor2D>;
}

/** What is known of a run's images when its encoder is made. */
export interface ImageFacts {
  /**
   * Pixels of the images, `imageSize` of the config: the side of a square, or `[height, width]`. Views may
   * have other sizes.
   */
  readonly imageSize: ViewSize;
  /** 3 for red, green and blue. */
  readonly channels: number;
}

/**
 * A kind of encoder: its config name, its options, and how one is made. Made once per network that uses it.
 */
export interface EncoderDefinition<Options extends object> {
  readonly name: string;
  /** JSON schema with a default for every option. */
  readonly options: JSONSchemaType<Options>;
  /** Whether `build` makes a first layer for any number of channels; without it for 3 alone. */
  readonly anyChannels?: true;
  /**
   * Makes every parameter through `scope`, under the same names each time: EMA copies are paired by name.
   *
   * @throws {TsslError} INVALID_OPTION where the options do not fit together, or not the images.
   */
  build(scope: Scope, options: Readonly<Options>, images: ImageFacts): Encoder;
}

/** An encoder whose options are its own business: what a config or a registry holds. */
export type AnyEncoder = Omit<EncoderDefinition<never>, "options"> & { readonly options: object };

/** Identity at run time; infers and checks `Options` where the encoder is written. */
export const defineEncoder = <Options extends object>(
  definition: EncoderDefinition<Options>,
): EncoderDefinition<Options> => definition;

/**
 * Builds an encoder for these images.
 *
 * @throws {TsslError} INVALID_OPTION where it is made for red, green and blue alone.
 */
export function buildEncoder(
  { definition, options }: { readonly definition: AnyEncoder; readonly options: Readonly<object> },
  scope: Scope,
  images: ImageFacts,
): Encoder {
  if (images.channels !== 3 && definition.anyChannels !== true) {
    throw encoderNeedsColours(definition.name, images.channels);
  }
  return definition.build(scope, options as never, images);
}
