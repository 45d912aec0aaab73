import { shapeMismatch } from "../errors.ts";

/** How well clusters agree with classes that they were not made from. */
export interface ClusterAgreement {
  /** Share of the rows that are of the largest class of their cluster, 0 .. 1; grows with more clusters. */
  readonly purity: number;
  /**
   * Normalized mutual information, 0 .. 1: 1 where clusters are classes, 0 where they say nothing of them.
   */
  readonly nmi: number;
}

/**
 * Compares clusters with classes.
 *
 *     purity = 1 / N sum_k max_c n_kc        NMI = 2 I(cluster; class) / (H(cluster) + H(class))
 *
 * Normalized by the mean of both entropies, as scikit-learn's `normalized_mutual_info_score`; 1 where there
 * is one cluster and one class.
 *
 * @param clusters `[N]`: the cluster of each row.
 * @param classes `[N]`: its class; rows of class -1 are left out.
 * @throws {TsslError} SHAPE_MISMATCH if they are not as many.
 *
 * @example
 * ```ts
 * const found = clusterAgreement(Int32Array.of(0, 0, 1, 1), Int32Array.of(5, 5, 5, 7));
 * found.purity; // => 0.75
 * found.nmi; // => 0.3437
 * ```
 */
export function clusterAgreement(clusters: Int32Array, classes: Int32Array): ClusterAgreement {
  if (classes.length !== clusters.length) {
    const expected = `[${clusters.length}] (as many as clusters)`;
    throw shapeMismatch("clusterAgreement", "classes", expected, [classes.length]);
  }
  const rows = [...clusters.keys()].filter((row) => classes[row]! >= 0);
  const ofCluster = counted(rows.map((row) => String(clusters[row])));
  const ofClass = counted(rows.map((row) => String(classes[row])));
  const joint = counted(rows.map((row) => `${clusters[row]} ${classes[row]}`));

  const largest = new Map<string, number>();
  let information = 0;
  for (const [pair, count] of joint) {
    const [cluster, label] = pair.split(" ") as [string, string];
    largest.set(cluster, Math.max(largest.get(cluster) ?? 0, count));
    const expected = (ofCluster.get(cluster)! * ofClass.get(label)!) / rows.length;
    information += (count / rows.length) * Math.log(count / expected);
  }
  const entropies = (entropy(ofCluster, rows.length) + entropy(ofClass, rows.length)) / 2;
  return {
    purity: [...largest.values()].reduce((sum, count) => sum + count, 0) / rows.length,
    nmi: entropies === 0 ? 1 : Math.max(0, information / entropies),
  };
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const entropy = (counts: ReadonlyMap<string, number>, all: number): number =>
  [...counts.values()].reduce((sum, count) => sum - (count / all) * Math.log(count / all), 0);
