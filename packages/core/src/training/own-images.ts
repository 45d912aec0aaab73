import type { RunFacts } from "../plugins/run-facts.ts";

/** Which images of each forward pass a process loads and computes: all, or those of its own replicas. */
export interface OwnImages {
  /** The place of the first among those of all replicas. */
  readonly first: number;
  readonly count: number;
}

/** A process among those that compute together. */
export interface OwnProcess {
  readonly rank: number;
  /** How many there are, each with as many replicas. */
  readonly count: number;
}

/** @param process default: one that computes alone. */
export function ownImages(
  { imagesPerPass }: Pick<RunFacts, "imagesPerPass">,
  { rank, count: processes }: OwnProcess = { rank: 0, count: 1 },
): OwnImages {
  const count = imagesPerPass / processes;
  return { first: rank * count, count };
}
