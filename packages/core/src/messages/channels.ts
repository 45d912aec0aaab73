// The sentences of errors INVALID_OPTION on images that are not red, green and blue in bytes.

import { TsslError } from "../errors.ts";
import { counted } from "../text/numbers.ts";

export const bytesNeedGreyOrColours = (channels: number): string =>
  `must be 32 or null with data.channels: ${channels}: bytes are of 1 or 3 channels`;

export const rangeNotRising = (range: readonly number[]): string =>
  `must be [low, high] with low < high, got ${JSON.stringify(range)}`;

export const perChannelLength = (channels: number, got: readonly number[]): string =>
  `must have ${counted(channels, "number")}, one for each of data.channels, got ${JSON.stringify(got)}; ` +
  "`tssl data stats` measures them";

/** A view that images of these channels cannot have. @param reasons one for each line of its recipe. */
export const viewNotForChannels = (
  view: string,
  reasons: readonly string[],
  withoutColourHelps: boolean,
): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `The view "${view}" cannot be made of these images: ${reasons.join(" ")}` +
      (withoutColourHelps ? " data.withoutColour: true leaves out what needs colours." : ""),
    { data: { view, reasons } },
  );

export const encoderNeedsColours = (encoder: string, channels: number): TsslError =>
  new TsslError(
    "INVALID_OPTION",
    `encoder.use: ${encoder} is made for red, green and blue, and data.channels is ${channels}. Choose a ` +
      "ResNet, or give your encoder `anyChannels: true` and make its first layer by the channels that " +
      "`build` is told.",
    { data: { encoder, channels } },
  );
