import type { ClusterAgreement } from "@tssl/core/clustering";

/** What the command says of the clusters. */
export interface ClusterSummary extends Partial<ClusterAgreement> {
  readonly checkpoint: string;
  readonly images: number;
  readonly clusters: number;
  readonly seed: number;
  readonly iterations: number;
  readonly redo: number;
  /** Mean squared distance of an image's features, of length 1, to its centroid. */
  readonly meanDistance: number;
  /** Images of each cluster, by its number. */
  readonly sizes: readonly number[];
}
