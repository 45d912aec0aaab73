import type { RunFacts } from "../plugins/run-facts.ts";

/** Which images of each forward pass a process loads and computes: all, or those of its own replica. */
export interface OwnImages {
  /** The place of the first among those of all replicas. */
  readonly first: number;
  readonly count: number;
}

/** Of a process that computes alone. */
export const allImages = ({ imagesPerPass }: Pick<RunFacts, "imagesPerPass">): OwnImages => ({
  first: 0,
  count: imagesPerPass,
});

/** Of a process that computes together with others. @param rank its number. */
export const imagesOfRank = (
  { microBatchSize }: Pick<RunFacts, "microBatchSize">,
  rank: number,
): OwnImages => ({
  first: rank * microBatchSize,
  count: microBatchSize,
});
