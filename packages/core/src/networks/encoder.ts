import type * as tf from "@tensorflow/tfjs";
import type { JSONSchemaType } from "ajv";

import { encoderNeedsColours } from "../messages.ts";
import type { Layer } from "./layers.ts";
import type { Scope } from "../state/scope.ts";

/** A network from images to feature vectors, with its parameters made. */
export interface Encoder {
  /** Length of a feature vector. */
  readonly featureDim: number;
  /** `[B, H, W, channels]`, normalized, to `[B, featureDim]`. The caller owns the result. */
  readonly forward: Layer<tf.Tensor4D, tf.Tensor2D>;
}

/** The images that an encoder is built for. */
export interface EncoderImages {
  readonly channels: number;
}

/** Images of red, green and blue. */
export const RGB: EncoderImages = { channels: 3 };

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
   * @param images red, green and blue where absent.
   */
  build(scope: Scope, options: Readonly<Options>, images?: EncoderImages): Encoder;
}

/** An encoder whose options are its own business: what a config or a registry holds. */
export type AnyEncoder = Omit<EncoderDefinition<never>, "options"> & { readonly options: object };

/** Identity at run time; infers and checks `Options` where the encoder is written. */
export const defineEncoder = <Options extends object>(
  definition: EncoderDefinition<Options>,
): EncoderDefinition<Options> => definition;

/**
 * Builds an encoder for images of these channels.
 *
 * @throws {TsslError} INVALID_OPTION where it is made for red, green and blue alone.
 */
export function buildEncoder(
  { definition, options }: { readonly definition: AnyEncoder; readonly options: Readonly<object> },
  scope: Scope,
  images: EncoderImages,
): Encoder {
  if (images.channels !== 3 && definition.anyChannels !== true) {
    throw encoderNeedsColours(definition.name, images.channels);
  }
  return definition.build(scope, options as never, images);
}
