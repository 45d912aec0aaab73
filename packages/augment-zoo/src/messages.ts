/** Every error of the package: one function for each message, in the order of their codes. */

import { withoutSecrets } from "./address.ts";
import { EndsEarly, ImageError, LoaderError, RecipeError, UsageError } from "./errors.ts";
import type { Box, Size } from "./image.ts";

// IMAGE

const FETCH_AGAIN = "Remove it or fetch it again.";
const CHECK_PATH = "Check the path and its permissions.";

/** How decoders say that a file ends too early. */
const CUT_SHORT = /premature|truncat|too short|too few|not enough|end of (?:file|stream|data)|no image data/i;

/** @param reason the decoder's message. */
export const corruptImage = (file: string, reason: string, bytes: number, cause: unknown): ImageError =>
  new ImageError(file, `corrupt or truncated (${reason}; ${bytes} bytes)`, FETCH_AGAIN, {
    cause,
    kind: CUT_SHORT.test(reason) ? "cut short" : "corrupt",
    data: { problem: "corrupt", reason, bytes },
  });

export const emptyFile = (file: string): ImageError =>
  new ImageError(file, "the file is empty (0 bytes)", FETCH_AGAIN, {
    kind: "empty",
    data: { problem: "empty" },
  });

/** An image on which threads end. @param reason what they ended with. */
export const fatalImage = (file: string, reason: string, attempts: number): ImageError => {
  const isMemory = MEMORY.test(reason);
  const found = `${isMemory ? "memory is too short for it" : "it ended a thread"} ${attempts} times (${reason})`;
  const advice = isMemory ? "Use fewer workers, or remove it." : "Remove it.";
  return new ImageError(file, found, advice, {
    kind: isMemory ? "too large for the memory" : "fatal to threads",
    data: { problem: "fatal", reason, attempts },
  });
};

/** How JavaScript, WebAssembly and the decoders say that memory is short. */
const MEMORY = /memory|allocat|ERR_WORKER_OUT_OF_MEMORY/i;

/** Formats that are spoken with a vowel first. */
const AN: readonly string[] = ["ICO", "OpenEXR", "Olympus raw", "SGI", "SVG", "XCF"];

/** @param format "HEIC", or "video". */
export const formatNotDecoded = (file: string, format: string): ImageError => {
  const kind = format === "video" ? format : `${format} image`;
  const found = `${AN.includes(format) ? "an" : "a"} ${kind}, which cannot be decoded here`;
  return new ImageError(file, found, "Convert it to JPEG or PNG.", {
    kind,
    data: { problem: "format", format },
  });
};

/** @param content the file, or its beginning; `bytes` is the size of the file. */
export const notAnImage = (file: string, content: Uint8Array, bytes = content.length): ImageError => {
  const start = Array.from(content.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const found = `not an image (${bytes} bytes, beginning ${start})`;
  return new ImageError(file, found, "Use a JPEG, PNG, WebP, TIFF, AVIF or GIF file.", {
    kind: "not an image",
    data: { problem: "not an image", bytes, start },
  });
};

export const tooManyPixels = (file: string, most: number, bytes: number, cause?: unknown): ImageError =>
  new ImageError(
    file,
    `more than ${most / 2 ** 20} million pixels (${bytes} bytes)`,
    "Scale it down, or remove it.",
    { cause, kind: "too large", data: { problem: "too many pixels", most, bytes } },
  );

export const fileTooLarge = (file: string, bytes: number, most: number): ImageError =>
  new ImageError(file, `${bytes} bytes, more than ${most / 2 ** 20} MiB`, "Scale it down, or remove it.", {
    kind: "too large",
    data: { problem: "too many bytes", bytes, most },
  });

/**
 * @param allowed how many files may be corrupt.
 * @param others files that were corrupt before; `files` is the number of all files.
 */
export const tooManyCorrupt = (
  { file, found, advice, kind }: Pick<ImageError, "file" | "found" | "advice" | "kind">,
  allowed: number,
  others: readonly string[],
  named: readonly string[],
  files: number,
): ImageError => {
  const before =
    others.length === 0
      ? ""
      : ` ${others.length} of ${files} files were corrupt before it, such as ${named.join(", ")}.`;
  const limit = `maxCorruptShare allows ${allowed === 0 ? "no corrupt file" : `${allowed} of ${files}`}.`;
  return new ImageError(file, found, `${advice}${before} ${limit}`, {
    kind,
    data: { problem: "too many corrupt files", allowed, others, files },
  });
};

/** @param found bytes that the file has from `offset` on; undefined where a server gives none. */
export function truncatedPart(
  file: string,
  part: { readonly path: string; readonly size: number; readonly offset: number },
  found: number | undefined,
  cause?: unknown,
): ImageError {
  const { size, offset } = part;
  const path = withoutSecrets(part.path);
  return new ImageError(
    file,
    found === undefined
      ? `truncated: ${path} ends before its ${size} bytes from byte ${offset} on`
      : `truncated: ${path} has ${found} of its ${size} bytes from byte ${offset} on`,
    `Fetch ${path} again.`,
    { cause, kind: "cut short", data: { problem: "truncated", path, size, offset, found } },
  );
}

/** @param reason the operating system's message. */
export const unreadableFile = (file: string, reason: string, cause?: unknown): ImageError =>
  new ImageError(file, reason, CHECK_PATH, {
    cause,
    kind: "unreadable",
    data: { problem: "unreadable", reason },
  });

/** An image between two operations of a view. @param size its width and height. */
export const viewTooLarge = ({ width, height }: Size, most: number): ImageError =>
  new ImageError(
    "(image)",
    `too narrow: a view of it would first be scaled to ${width} x ${height} pixels, ` +
      `more than ${most / 2 ** 20} million`,
    "Cut it into pieces, or remove it.",
    { kind: "too narrow", data: { problem: "too narrow", width, height, most } },
  );

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

/** @param path of a recipe. @param reason why it is no recipe for these images. */
export const notForBands = (path: string, reason: string): RecipeError =>
  new RecipeError(`${path}: ${reason}`, { path, reason });

export const invalidChannels = (got: number): LoaderError =>
  new LoaderError(`channels must be a whole number in 1 .. 16, got ${got}.`, {
    data: { option: "channels", got },
  });

export const bytesNeedColours = (channels: number): LoaderError =>
  new LoaderError(`depth must be 32 where channels is neither 1 nor 3, got 8 with channels ${channels}.`, {
    data: { option: "depth", channels },
  });

export const emptyFiles = (): LoaderError =>
  new LoaderError("files must name at least one image, got an empty list.", { data: { option: "files" } });

export const emptyViews = (): LoaderError =>
  new LoaderError("views must name at least one recipe, got none.", { data: { option: "views" } });

export function fileEndsEarly(address: string, first: number): EndsEarly {
  const shown = withoutSecrets(address);
  return new EndsEarly(`${shown} ends before byte ${first}.`, { data: { address: shown, first } });
}

/** A warning. `threads` are those of libuv's pool, and `enough` is how many it should have. */
export const fewDecoders = ({
  workers,
  threads,
  enough,
}: {
  readonly workers: number;
  readonly threads: number;
  readonly enough: number;
}): string =>
  `${workers} workers decode ${threads} images at a time, because Node's pool has ${threads} threads. ` +
  `Start the program with UV_THREADPOOL_SIZE=${enough} in its environment.`;

export const indexOutOfRange = (index: number, files: number): LoaderError =>
  new LoaderError(`load: indices must be whole numbers in 0 .. ${files - 1}, got ${index}.`, {
    data: { got: index, files },
  });

export const invalidCacheMegabytes = (got: number): LoaderError =>
  new LoaderError(`cacheMegabytes must be a number >= 0, got ${got}.`, {
    data: { option: "cacheMegabytes", got },
  });

/** @param option "batchSize", "workers" or "slots". */
export const invalidCount = (option: string, got: number): LoaderError =>
  new LoaderError(`${option} must be a whole number >= 1, got ${got}.`, { data: { option, got } });

export const invalidMaxCorruptShare = (got: number): LoaderError =>
  new LoaderError(`maxCorruptShare must be a number >= 0 and < 1, got ${got}.`, {
    data: { option: "maxCorruptShare", got },
  });

export const invalidRange = (got: readonly number[]): LoaderError =>
  new LoaderError(`range must be [low, high] with low < high, got ${shown(got)}.`, {
    data: { option: "range", got },
  });

export const kernelsMissing = (file: string): LoaderError =>
  new LoaderError(`${file} does not exist. Build it first: npm run build`, { data: { file } });

export const loaderClosed = (): LoaderError => new LoaderError("The loader is closed.");

/** @param cause why the last thread ended. */
export const noThreadsLeft = (cause: Error): LoaderError =>
  new LoaderError(
    `The loader has no worker threads left (${cause.message}). Close it and create another one.`,
    { cause, data: { reason: cause.message } },
  );

export function serverUnreadable(address: string, reason: string, cause: unknown): LoaderError {
  const shown = { address: withoutSecrets(address), reason: withoutSecrets(reason) };
  return new LoaderError(`${shown.address} cannot be read: ${shown.reason}.`, { cause, data: shown });
}

/** @param where in the variable: "line 2", `"example.org"`. */
export const wrongHeaders = (where: string): LoaderError =>
  new LoaderError(
    `TSSL_HTTP_HEADERS: ${where} is wrong. Each line must be "Name: value" or "example.org Name: value"; ` +
      'in JSON: {"example.org": {"Name": "value"}}.',
    { data: { where } },
  );

/** A header that HTTP cannot carry. */
export const wrongHeader = (variable: string, name: string): LoaderError =>
  new LoaderError(
    `${variable}: the header "${name}" cannot be sent: its name or its value has characters ` +
      "that HTTP does not allow.",
    { data: { variable, name } },
  );

/** @param files at which threads failed one after another. */
export const threadsFailed = (files: readonly string[], cause: Error): LoaderError =>
  new LoaderError(
    `Worker threads failed at ${files.length} files in a row, so the fault is not theirs: ` +
      `${files.join(", ")} (${cause.message}).` +
      (MEMORY.test(cause.message) ? " Memory is short: use fewer workers." : ""),
    { cause, data: { files, reason: cause.message } },
  );

export const wrongBatch = (images: number, batchSize: number): LoaderError =>
  new LoaderError(`load: indices must hold 1 .. ${batchSize} (batchSize) images, got ${images}.`, {
    data: { got: images, batchSize },
  });

export const workerMissing = (file: string): LoaderError =>
  new LoaderError(`${file} does not exist. Build it first: npx tsc -b packages/augment-zoo`, {
    data: { file },
  });

// RECIPE

/** A value in a message. */
export const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

export const boxOutside = ({ left, top, width, height }: Box, image: Size): RecipeError =>
  new RecipeError(
    `The box of resizedCrop must lie inside the image of ${image.width} x ${image.height} pixels, got ` +
      `${width} x ${height} at (${left}, ${top}).`,
    {
      op: "resizedCrop",
      got: { left, top, width, height },
      image: { width: image.width, height: image.height },
    },
  );

export const cropMissing = (ops: readonly string[]): RecipeError =>
  new RecipeError(`withSize needs a recipe with a randomResizedCrop, got [${ops.join(", ")}].`, { ops });

/** @param size of the views beside it. */
export const jigsawNotSquare = (size: readonly number[]): RecipeError =>
  new RecipeError(
    `The jigsaw is a grid of 3 x 3 squares: the size of its views must be one number, got ${shown(size)}.`,
    { size },
  );

export const notAList = (path: string, got: unknown): RecipeError =>
  new RecipeError(`${path} must be a list of operations, got ${shown(got)}.`, { path, got });

export const notAnOperation = (path: string, got: unknown): RecipeError =>
  new RecipeError(
    `${path} must be an operation such as { "op": "grayscale", "p": 0.2 }, got ${shown(got)}.`,
    { path, got },
  );

export const parametersNotAnObject = (op: string, got: unknown): RecipeError =>
  new RecipeError(`The parameters of ${op} must be an object, got ${shown(got)}.`, { op, got });

/** @param width pixels that the grid reaches over at most. */
export const patchesOutside = (path: string, before: Size, width: number, height: number): RecipeError =>
  new RecipeError(
    `${path} (patches) must fit into the ${before.width} x ${before.height} pixels of the image before it, ` +
      `got ${width} x ${height}: (columns - 1) * stride + jitter + size wide, ` +
      "(rows - 1) * stride + jitter + size high.",
    { path, before, width, height },
  );

export const patchesOfAnySize = (path: string): RecipeError =>
  new RecipeError(
    `${path} (patches) must come after an operation that gives an image of a fixed size. ` +
      "Add a randomResizedCrop or a centerCrop.",
    { path },
  );

/** @param first the path of the other one. */
export const patchesTwice = (path: string, first: string): RecipeError =>
  new RecipeError(`${path} (patches) must be the only patches operation, got another one at ${first}.`, {
    path,
    first,
  });

export const sizeNotFixed = (ops: readonly string[]): RecipeError =>
  new RecipeError(
    `The output size of the recipe [${ops.join(", ")}] depends on the image. ` +
      "Add a randomResizedCrop or a centerCrop.",
    { ops },
  );

export const unknownOperation = (path: string, op: unknown, known: readonly string[]): RecipeError =>
  new RecipeError(`${path}: unknown operation ${shown(op)}. Known: ${known.join(", ")}.`, { path, op });

/** An operation on the command line, where a name may differ from a known one in case alone. */
export const unknownOperationName = (op: string, known: readonly string[]): RecipeError => {
  const meant = known.find((name) => name.toLowerCase() === op.toLowerCase());
  const hint = meant === undefined ? `Known: ${known.join(", ")}.` : `Did you mean ${shown(meant)}?`;
  return new RecipeError(`Unknown operation ${shown(op)}. ${hint}`, { op, meant });
};

export const unknownParameter = (path: string, op: string, known: readonly string[]): RecipeError =>
  new RecipeError(`${path}: ${op} has no such parameter. Known: ${known.join(", ") || "none"}.`, {
    path,
    op,
  });

/** @param must the rule: "a number in 0 .. 1". */
export const wrongParameter = (path: string, op: string, must: string, got: unknown): RecipeError =>
  new RecipeError(`${path} (${op}) must be ${must}, got ${shown(got)}.`, { path, op, must, got });

// USAGE

export const malformedParameters = (got: string): UsageError =>
  new UsageError(`--params must be JSON such as '{"factor": 1.2}', got ${got}`);

export const outputNotWritable = (file: string, cause: Error): UsageError =>
  new UsageError(`Cannot write ${file}: ${cause.message}`, { cause });

/** @param problem what is wrong; without it the usage alone is shown. */
export const wrongUsage = (usage: string, problem = ""): UsageError =>
  new UsageError(`${problem}${problem === "" ? "" : " "}Usage: ${usage}`);
