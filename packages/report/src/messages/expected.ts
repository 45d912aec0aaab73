// A run beside the measured runs of its preset.

import { counted, percent, short } from "@tssl/core/internal";

/** A value and the band of measured runs, with its epoch. */
export interface ExpectedValue {
  readonly quantity: "knn" | "loss";
  readonly epoch: number;
  readonly low: number;
  readonly high: number;
  readonly got: number;
}

/** @param seeds how many runs the band is made of. */
export function expectedPlace(
  preset: string,
  seeds: number,
  place: "within" | "above" | "below",
  { quantity, epoch, low, high, got }: ExpectedValue,
): string {
  const shown = quantity === "knn" ? percent : short;
  const name = quantity === "knn" ? "kNN accuracy" : "The mean loss";
  const where =
    `${name} of ${shown(got)} at epoch ${epoch} is ${place} the expected band of ${preset}, ` +
    `${shown(low)} to ${shown(high)} (${counted(seeds, "run")}).`;
  if (place === "within") return where;
  return (
    `${where} One healthy run of twenty lies outside; another seed tells. If it does too, compare versions ` +
    "and device with those of the receipt, which `tssl table` shows."
  );
}

export const otherImagesThanExpected = (preset: string): string =>
  `Its config is that of ${preset}, but its images are others than those of the expected curve, so it is ` +
  "not held to it.";

export const expectedLater = (
  preset: string,
  { epoch, low, high }: Pick<ExpectedValue, "epoch" | "low" | "high">,
): string =>
  `Its config is that of ${preset}: a mean loss of ${short(low)} to ${short(high)} is expected at ` +
  `epoch ${epoch}.`;
