import type { Clustering } from "@tssl/core/clustering";
import type { ImageFeatures, ImageSet } from "@tssl/core/run";
import type { ShownCluster } from "@tssl/report";

/** Clusters on a page at most, and images of each. */
const MOST_CLUSTERS = 100;
const MOST_IMAGES = 10;

/** The largest clusters with their most central images, for a page. */
export function shownClusters(
  { labels, distances, sizes }: Pick<Clustering, "labels" | "distances" | "sizes">,
  { images }: Pick<ImageFeatures, "images">,
  { labels: classOf, classes }: Pick<ImageSet, "labels" | "classes">,
): { readonly shown: readonly ShownCluster[]; readonly more: number } {
  const rowsOf = Array.from(sizes, (): number[] => []);
  labels.forEach((label, row) => rowsOf[label]!.push(row));
  const largestFirst = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const shown = largestFirst.slice(0, MOST_CLUSTERS).map((cluster): ShownCluster => {
    const rows = rowsOf[cluster]!.sort((a, b) => distances[a]! - distances[b]! || a - b);
    const largest =
      classOf === undefined
        ? undefined
        : largestClass(
            rows.map((row) => classOf[images[row]!]!),
            classes,
          );
    return {
      cluster,
      size: rows.length,
      central: rows.slice(0, MOST_IMAGES).map((row) => images[row]!),
      ...(largest === undefined ? {} : { largest }),
    };
  });
  return { shown, more: largestFirst.length - shown.length };
}

function largestClass(labels: readonly number[], classes: readonly string[]): ShownCluster["largest"] {
  if (labels.length === 0) return undefined;
  const counts = classes.map((_, label) => labels.filter((each) => each === label).length);
  const most = Math.max(...counts);
  return { label: classes[counts.indexOf(most)]!, share: most / labels.length };
}
