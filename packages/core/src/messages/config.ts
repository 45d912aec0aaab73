// The sentences of errors INVALID_CONFIG.

import { TsslError } from "../errors.ts";
import { bytes, count } from "../text/numbers.ts";
import { shapeText } from "../text/shape-text.ts";

export const configNotParsed = (): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    "runTraining: config must be what parseConfig returns, with defaults and checked: " +
      'runTraining({ config: parseConfig({ … }, { plugins, encoders, optimizers }, "my program"), … }).',
  );

/** Completes "plugins.mine: ". @param cause of ajv. */
export const schemaUnusable = (cause: Error): string =>
  `the JSON schema of its options cannot be used: ${cause.message}`;

/** Reasons why a file or a value cannot be read as a config. */
export const folderForFile = (): Error => new Error("it is a folder");

export const noRegularFile = (): Error => new Error("it is a pipe or a device, not a file");

export const nameTooLong = (most: number): Error => new Error(`a name in it has more than ${most} bytes`);

export const systemFolder = (): Error => new Error("it is a part of /proc or /sys, where no images are");

export const fileTooLong = (size: number, most: number): Error =>
  new Error(`it has ${bytes(size)}, and at most ${bytes(most)} are read`);

/** @param zero place of the first zero byte; absent where bytes are no UTF-8. */
export const binaryFile = (zero?: number): Error =>
  new Error(zero === undefined ? "it is not UTF-8 text" : `it is not text: byte ${zero} is 0`);

export const nestedTooDeep = (most: number): Error =>
  new Error(`lists and sections lie in each other at more than ${most} levels`);

/** @param source as it is written. */
export const integerNotExact = (source: string): Error =>
  new Error(
    `${shortened(source)} is beyond ${count(Number.MAX_SAFE_INTEGER)}, up to which whole numbers are exact`,
  );

const shortened = (text: string): string => (text.length <= 40 ? text : `${text.slice(0, 40)}…`);

type Shapes = readonly (readonly (number | null)[])[];

export function encoderShapes(encoder: string, inputs: Shapes, outputs: Shapes): TsslError {
  const [from, to] = [inputs, outputs].map((shapes) => shapes.map(shapeText).join(" and "));
  return new TsslError(
    "INVALID_CONFIG",
    `encoder "${encoder}": the model must go from one [null, height, width, 3] to one [null, D] or ` +
      `[null, height, width, D], found ${from} to ${to}.`,
    { data: { encoder, inputs, outputs } },
  );
}

/** @param size height and width in pixels that the model takes; null: any. */
export const viewOfOtherSize = (
  encoder: string,
  size: readonly (number | null | undefined)[],
  view: readonly number[],
): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `encoder "${encoder}": the model takes images of ${size.join(" x ")} pixels, but a view has ` +
      `${view.join(" x ")}. Give the model inputShape [null, null, 3], or make all views one size.`,
    { data: { encoder, size, view } },
  );

/** A layer of an encoder made of a `tf.LayersModel`. */
export interface EncoderLayer {
  readonly encoder: string;
  readonly layer: string;
  readonly className: string;
}

const layerText = ({ encoder, layer, className }: EncoderLayer): string =>
  `encoder "${encoder}": layer "${layer}" (${className})`;

export const randomLayer = (at: EncoderLayer): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `${layerText(at)} draws random numbers in each step, which the run's seed does not fix. Set its rate ` +
      `to 0, or end the encoder before it: ` +
      `tf.model({ inputs: model.inputs, outputs: model.getLayer("…").output }).`,
    { data: { ...at } },
  );

export const statisticsOfOneReplica = (at: EncoderLayer): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `${layerText(at)} normalizes by the images of one replica alone, so the running statistics of ` +
      "several replicas would drift apart. Set engine.replicas to 1, or build the encoder of @tssl/core's " +
      "batchNorm.",
    { data: { ...at } },
  );

/** @param option the layer's "kernelRegularizer", "biasConstraint", … */
export function layerOptionIgnored(at: EncoderLayer, option: string): TsslError {
  const remedy = option.endsWith("Regularizer")
    ? "Remove it; the optimizer's weightDecay does the same for all weights."
    : "Remove it.";
  return new TsslError(
    "INVALID_CONFIG",
    `${layerText(at)} has a ${option}, which training does not apply. ${remedy}`,
    { data: { ...at, option } },
  );
}
