// The sentences of other errors USAGE.

import { UsageError } from "../errors.ts";

export const allowChangeWithoutResume = (): UsageError =>
  new UsageError("--allow-change can only be used with --resume.", { option: "--allow-change" });

export const configMissing = (): UsageError =>
  new UsageError("train needs a config file, or --resume <run>.", { option: "config" });

export const imageOutOfRange = (place: number, count: number): UsageError =>
  new UsageError(`--image must be 0 to ${count - 1}, the number of a training image, got ${place}.`, {
    option: "--image",
    got: place,
  });

export const outWithResume = (): UsageError =>
  new UsageError("--out is for a new run; --resume continues in the run's own folder.", { option: "--out" });

/** @param what "--out". */
export const placeNotWritable = (what: string, place: string, reason: string): UsageError =>
  new UsageError(`${what}: ${place} cannot be written: ${reason}. Choose another place.`, {
    option: what,
    place,
    reason,
  });

export const sameRunTwice = (): UsageError => new UsageError("report was given the same run twice.");

export const unknownCode = (got: string, hint: string): UsageError =>
  new UsageError(`There is no error code ${got}.${hint}`, { got });

export const unknownView = (view: string, known: readonly string[]): UsageError =>
  new UsageError(`--view must name views of this config (${known.join(", ")}), got ${view}.`, {
    option: "--view",
    got: view,
  });
