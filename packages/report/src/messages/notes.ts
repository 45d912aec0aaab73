// Notes on a run, and what commands are good for.

import { counted, percent } from "@tssl/core/internal";

/** @param files the names of all of them; the first five are shown. */
export function undecodedImages(files: readonly string[]): string {
  const named = files.slice(0, 5).join(", ") + (files.length > 5 ? ", …" : "");
  const undecoded = `${counted(files.length, "image")} could not be decoded (${named}).`;
  return `${undecoded} Views of other images were used instead, and kNN did without.`;
}

/** @param changes of options and images, as "epochs was 4, is 5". */
export const changedFrom = (step: number, changes: readonly string[]): string =>
  `From step ${step} on, the run was changed: ${changes.join("; ")}.`;

/**
 * @param before the share of neighbours that have their image's class before training, a fraction; `after`:
 * after it.
 */
export const neighboursOfClass = (before: number, after: number): string =>
  `Of the neighbours shown, ${percent(before)} had the image's class before training ` +
  `and ${percent(after)} after.`;

/** What a command is good for, as a phrase beside it. */
export const WHY = {
  evaluateLinear: "train a linear classifier on the encoder's features",
  evaluateKnn: "classify other images",
  watch: "follow it live",
  resume: "go on from the newest checkpoint",
} as const;
