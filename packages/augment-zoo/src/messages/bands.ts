// The sentences of errors IMAGE, LOADER and RECIPE on images that are not red, green and blue in bytes.

import { ImageError, LoaderError, RecipeError } from "../errors.ts";

// IMAGE

/** A file whose bands are not those of the others. */
export const otherBands = (file: string, found: number, wanted: number): ImageError =>
  new ImageError(
    file,
    `${found} ${found === 1 ? "channel" : "channels"}, where data.channels says ${wanted}`,
    "Set channels to what the images have, or remove it.",
    {
      kind: `of ${found} ${found === 1 ? "channel" : "channels"}`,
      data: { problem: "channels", found, wanted },
    },
  );

export const bandsNotFinite = (file: string): ImageError =>
  new ImageError(file, "it has values that are NaN or infinite", "Fill them before, or remove it.", {
    kind: "not finite",
    data: { problem: "not finite" },
  });

export const bandsOutOfRange = (file: string, low: number, high: number): ImageError =>
  new ImageError(
    file,
    `values from ${low} to ${high}, and no range that says which of them are 0 and 1`,
    "Set range to [low, high] of the images.",
    { kind: "out of range", data: { problem: "out of range", low, high } },
  );

/** An array where bytes of red, green and blue, or of grey, are decoded. */
export const bandsNeeded = (file: string): ImageError =>
  new ImageError(file, "an array of NumPy, which is read as float32 alone", "Set depth to 32.", {
    kind: "NumPy array",
    data: { problem: "depth" },
  });

/** @param has what an array of NumPy has. */
export const npyUnusable = (file: string, has: string): ImageError =>
  new ImageError(
    file,
    `an array of NumPy with ${has}`,
    "Save it as [height, width] or [height, width, channels] of uint8, uint16, int16 or float32.",
    { kind: "NumPy array", data: { problem: "array", has } },
  );

/** @param has what a TIFF has that is not read as bands. */
export const tiffUnusable = (file: string, has: string): ImageError =>
  new ImageError(
    file,
    `a TIFF with ${has}, which is not read as float32`,
    "Save it with 8 or 16 bits or float32, uncompressed, LZW or Deflate.",
    { kind: "other TIFF", data: { problem: "tiff", has } },
  );

// LOADER

export const invalidChannels = (got: number): LoaderError =>
  new LoaderError(`channels must be a whole number in 1 .. 16, got ${got}.`, {
    data: { option: "channels", got },
  });

export const bytesNeedColours = (channels: number): LoaderError =>
  new LoaderError(`depth must be 32 where channels is neither 1 nor 3, got 8 with channels ${channels}.`, {
    data: { option: "depth", channels },
  });

// RECIPE

/** @param path of a recipe. @param reason why it is no recipe for these images. */
export const notForBands = (path: string, reason: string): RecipeError =>
  new RecipeError(`${path}: ${reason}`, { path, reason });
