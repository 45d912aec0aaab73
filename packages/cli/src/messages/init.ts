// The sentences of errors USAGE on the questions of tssl init.

import { didYouMean } from "@tssl/core/internal";

import { UsageError } from "../errors.ts";

export const fileExists = (file: string): UsageError =>
  new UsageError(`${file} exists already; nothing was written. Choose another path.`, { file });

export const imagesMissing = (): UsageError =>
  new UsageError("--images must be given with --yes, or where there is no terminal to ask on.", {
    option: "--images",
  });

export const questionsCancelled = (): UsageError =>
  new UsageError("Cancelled before the last answer; nothing was written.");

export const tooFewImages = (folder: string, count: number, least: number): UsageError =>
  new UsageError(`${folder} has ${count} images; training needs at least ${least}.`, {
    folder,
    count,
    least,
  });

export const unknownEncoder = (got: string, kind: string, known: readonly string[]): UsageError =>
  new UsageError(
    `--encoder must be one of ${known.join(", ")} for ${kind}, got ${got}.${didYouMean(got, known)}`,
    {
      option: "--encoder",
      got,
    },
  );
