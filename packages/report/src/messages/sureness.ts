// How sure the verdict of a comparison is.

import { counted, percent } from "@tssl/core/internal";

import type { Certainty } from "./verdict.ts";

/** What the interval of a lead says, and how much that is worth. */
export function howSure(
  certainty: Exclude<Certainty, "too few seeds">,
  { seeds, p, coverage, rivals, over, needed }: Sureness,
): string {
  const corrected = rivals === 1 ? "" : `, corrected for ${rivals} comparisons`;
  const test = `${pText(p)}${corrected}`;
  const interval = over === undefined ? "The interval" : `The interval of its lead over ${over}`;
  const holds =
    `With ${counted(seeds, "seed")} such an interval holds the true difference ` +
    `in about ${percent(coverage, 0)} of cases`;
  switch (certainty) {
    case "clear":
      return `${interval} excludes zero, and a paired t-test confirms it (${test}). ${holds}.`;
    case "leaning":
      return (
        `${interval} excludes zero. ${holds}, and a paired t-test does not confirm it (${test}).` +
        moreSeeds(needed)
      );
    case "within noise":
      return (
        `${interval} holds zero: the difference may be luck (paired t-test, ${test}). ${holds}.` +
        moreSeeds(needed)
      );
  }
}

/** Advice where a difference is not sure; beyond 100 seeds the number itself says little. */
function moreSeeds(needed: number | undefined): string {
  if (needed === undefined) return "";
  const seeds = needed > 100 ? "more than 100 seeds" : `about ${needed} seeds`;
  return ` To tell a difference of this size from luck takes ${seeds}.`;
}

export interface Sureness {
  readonly seeds: number;
  /** Of the paired t-test. */
  readonly p: number;
  /** The share of cases in which such an interval holds the true difference. */
  readonly coverage: number;
  /** How many variants the best one is held against. */
  readonly rivals: number;
  /** The rival whose interval is meant, with its numbers; absent where the headline has them. */
  readonly over?: string;
  /** How many seeds would tell the difference from luck, if it is as large as it looks; where known. */
  readonly needed?: number;
}

/** "p = 0.012", "p < 0.001" */
const pText = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`);
