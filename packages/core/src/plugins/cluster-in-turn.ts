import { type Clustering, kmeans, type KmeansOptions } from "../clustering/kmeans.ts";
import type { Points } from "../clustering/points.ts";
import type { EpochContext } from "./epoch-context.ts";

/** One of the clusterings that a method makes before an epoch. */
export interface ClusteringWork extends Omit<KmeansOptions, "random" | "signal" | "onIteration"> {
  /** The rows to cluster. */
  readonly points: Points;
}

/**
 * K-means several times, one after another, in `beforeEpoch`: seeded by the run, ended by its signal, with
 * lines that say how far it is.
 *
 * @returns one clustering for each work, in their order.
 * @throws {TsslError} as `kmeans`.
 */
export async function clusterInTurn(
  { random, signal, progress }: Pick<EpochContext, "random" | "signal" | "progress">,
  works: readonly ClusteringWork[],
): Promise<readonly Clustering[]> {
  const found: Clustering[] = [];
  for (const [m, { points, ...options }] of works.entries()) {
    const onIteration = (done: number, all: number) =>
      progress((m + done / all) / works.length, `k-means, ${m + 1} of ${works.length} clusterings`);
    found.push(await kmeans(points, { ...options, random, signal, onIteration }));
  }
  return found;
}
