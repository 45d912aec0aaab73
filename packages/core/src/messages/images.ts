// The sentences of errors INVALID_DATA on images, folders and lists.

import type { ImageError } from "@tssl/augment-zoo";

import type { DataLedger } from "../data/data-ledger.ts";
import { leftOutText } from "../data/ledger-text.ts";
import { messageOf, TsslError } from "../errors.ts";
import { isMissing } from "../files/is-missing.ts";

export const noImageFolder = (folder: string, cause: unknown): TsslError => {
  const reason = isMissing(cause) ? "there is no such folder" : messageOf(cause);
  return new TsslError("INVALID_DATA", `${folder} must be a folder of images, but ${reason}.`, {
    cause,
    data: { folder, reason },
  });
};

/** The reason why a path is not a folder of images. */
export const isAFile = (): Error =>
  new Error("it is a file (a list of images ends with .txt, a shard with .tar)");

/** @param ledger of a folder, list or shard that holds no images. */
export function noImages(
  source: string,
  extensions: readonly string[],
  { found, leftOut }: DataLedger,
): TsslError {
  const inside = found === 0 ? "it is empty" : `found ${leftOutText(leftOut)}`;
  return new TsslError("INVALID_DATA", `${source} holds no images (${extensions.join(", ")}); ${inside}.`, {
    data: { source, leftOut },
  });
}

/** @param image "shards/s-0.tar:cat/1.jpg" */
export const imageUnreadable = (image: string, reason: string, cause: unknown): TsslError =>
  new TsslError("INVALID_DATA", `${image} cannot be read: ${reason}.`, { cause, data: { image, reason } });

/** @param error of a loader, with the file and how many may be corrupt. */
export const tooManyUnreadable = (error: ImageError): TsslError =>
  new TsslError("INVALID_DATA", `${error.message} To let more pass, raise data.maxCorruptShare.`, {
    cause: error,
    data: { path: "data.maxCorruptShare", ...error.data },
  });

/** A list or a tar archive that cannot be opened. */
export const dataUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("INVALID_DATA", `${file} cannot be read: ${reason}.`, {
    cause,
    data: { file, reason },
  });
};

/** The reason why a pipe, a device or a folder is not read as a file. */
export const notAPlainFile = (): Error => new Error("it is no file, but a folder, a pipe or a device");

/** A line of a list of images that cannot be used. */
export interface WrongLine {
  readonly line: number;
  readonly text: string;
  /** The earlier line with the same file; absent where the line names no image. */
  readonly repeats?: number;
}

/** Lines that a message shows. */
const SHOWN_LINES = 5;

export function wrongLines(list: string, lines: readonly WrongLine[]): TsslError {
  const texts = lines
    .slice(0, SHOWN_LINES)
    .map(
      ({ line, text, repeats }) =>
        `line ${line} (${text}) ${repeats === undefined ? "is not an image" : `repeats line ${repeats}`}`,
    );
  const more = lines.length > SHOWN_LINES ? `; and ${lines.length - SHOWN_LINES} more` : "";
  return new TsslError("INVALID_DATA", `${list}: ${texts.join("; ")}${more}.`, { data: { list, lines } });
}

export const listEmpty = (list: string, extensions: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${list} lists no images (${extensions.join(", ")}). Write one path on each line.`,
    { data: { list } },
  );

export const listWithoutClasses = (list: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${list} names no class. Write the classes of an image behind its path, with tabs between.`,
    { data: { list } },
  );

/** @param main its ImageSets/Main. */
export const vocSplitMissing = (main: string, parts: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${main} has neither ${parts.map((part) => `${part}.txt or <class>_${part}.txt`).join(" nor ")}.`,
    { data: { folder: main, parts } },
  );

/** @param wrong "cat_test.txt:3: 000012 2", or files. @param must what each must hold. */
export function vocFilesWrong(folder: string, wrong: readonly string[], must: string): TsslError {
  const more = wrong.length > SHOWN_LINES ? `; and ${wrong.length - SHOWN_LINES} more` : "";
  return new TsslError(
    "INVALID_DATA",
    `${folder}: ${wrong.slice(0, SHOWN_LINES).join("; ")}${more} must hold ${must}.`,
    { data: { folder, wrong } },
  );
}
