// What the check of replicas finds. `names` are those of the run's state.

import type { CandidateField } from "./embedding-space.ts";
import { listed } from "./listed-names.ts";

/** @param calls of `gather` and `mean` on each rank. */
export const stateDiffersBetweenReplicas = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] The state ${listed(names)} must be the same on all replicas, but two of them end a step ` +
  "with different values, because each writes what comes from its own images. Pass rows through " +
  "`replicas.gather`, and means through `replicas.mean`, before you write them.";

export const embeddingsGathered = (plugin: string, views: readonly string[]): string =>
  `[${plugin}] embeddings: ${listed(views)} must have one row for each image of this replica, and no ` +
  "others. Publish rows as they are before `replicas.gather`.";

export const candidatesDifferBetweenReplicas = (plugin: string): string =>
  `[${plugin}] embeddingSpace: candidates must be the same on all replicas, but two of them publish ` +
  "different ones. Pass them through `replicas.gather`.";

const FIRST_ROW_OF_REPLICA = "After `replicas.gather` the rows of a replica are at `replicas.ownRows(B)`.";

export const termDependsOnRank = (
  plugin: string,
  term: string,
  losses: readonly [rank0: number, rank1: number],
): string =>
  `[${plugin}] The term "${term}" must be the same whatever the rank, but for the same images it is ` +
  `${losses[0]} on rank 0 and ${losses[1]} on rank 1. ${FIRST_ROW_OF_REPLICA}`;

/** A field of one of the published queries. */
export interface QueryField {
  readonly query: string;
  readonly field: CandidateField;
}

export function candidateNumbersDependOnRank(plugin: string, fields: readonly QueryField[]): string {
  const what = fields.map(({ query, field }) => `${field} of the query "${query}"`).join(" and ");
  return (
    `[${plugin}] embeddingSpace: ${what} must name the same rows for the same images whatever the rank, ` +
    `but the rows differ between rank 0 and rank 1. ${FIRST_ROW_OF_REPLICA}`
  );
}
