// The sentences of errors IMAGE on files, and on images of any kind.

import { withoutSecrets } from "../address.ts";
import { ImageError } from "../errors.ts";
import type { Size } from "../image.ts";

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
