import { count, percent } from "@tssl/core/internal";

import type { ClusterSummary } from "./cluster-summary.ts";

/** What was clustered and how, and how well it agrees with classes. */
export function summarySentences({
  images,
  clusters,
  checkpoint,
  sizes,
  purity,
  nmi,
}: ClusterSummary): string[] {
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  return [
    `${count(images)} images in ${count(clusters)} clusters of ${count(smallest)} to ${count(largest)}, ` +
      `by the features of ${checkpoint}.`,
    ...(purity === undefined || nmi === undefined
      ? []
      : [
          `Purity ${percent(purity)}: the share of images that are of the largest class of their cluster. ` +
            `Normalized mutual information ${nmi.toFixed(3)}: 1 where clusters are the classes, 0 where ` +
            "they say nothing of them.",
        ]),
  ];
}

/** @param folder where the files are. */
export const clustersText = (summary: ClusterSummary, folder: string): string =>
  `${summarySentences(summary).join("\n")}\n` +
  `Written to ${folder}: images.csv (the cluster of each image), clusters.json, clusters.html.\n`;
