import path from "node:path";

import type { Clustering } from "@tssl/core/clustering";
import { csvCell, writeOutput } from "@tssl/core/internal";
import { decodingOf, type ImageFeatures, type ImageSet, type RunSettings } from "@tssl/core/run";
import { renderClusters } from "@tssl/report";

import type { ClusterSummary } from "./cluster-summary.ts";
import { summarySentences } from "./clusters-text.ts";
import { shownClusters } from "./shown-clusters.ts";

/** The clusters of a set of images, and what is said of them. */
export interface FoundClusters {
  readonly set: ImageSet;
  readonly features: ImageFeatures;
  readonly found: Clustering;
  readonly summary: ClusterSummary;
  /** The command that finds them again. */
  readonly command: string;
}

/** Writes images.csv, clusters.json and clusters.html into a folder. */
export async function writeClusters(
  folder: string,
  settings: Pick<RunSettings, "name" | "data">,
  { set, features, found, summary, command }: FoundClusters,
): Promise<void> {
  await writeOutput(path.join(folder, "images.csv"), imagesCsv(found, features, set));
  await writeOutput(path.join(folder, "clusters.json"), `${JSON.stringify(summary, undefined, 2)}\n`);
  const { shown, more } = shownClusters(found, features, set);
  const page = {
    title: settings.name,
    summary: summarySentences(summary),
    clusters: shown,
    more,
    command,
  };
  await writeOutput(
    path.join(folder, "clusters.html"),
    await renderClusters(page, set, decodingOf(settings.data)),
  );
}

/** One line for each image: its name, its cluster, and its squared distance to the centroid. */
function imagesCsv(
  { labels, distances }: Clustering,
  { images }: ImageFeatures,
  { names }: ImageSet,
): string {
  const lines = [...images].map(
    (place, row) => `${csvCell(names[place]!)},${labels[row]!},${distances[row]!.toPrecision(6)}`,
  );
  return `image,cluster,distance\n${lines.join("\n")}\n`;
}
