import { evaluationOptions, onOneLine } from "@tssl/core/internal";
import { clusterAgreement, type ClusterAgreement, type Clustering, kmeans } from "@tssl/core/clustering";
import {
  evaluationImages,
  extractFeatures,
  type ImageFeatures,
  type ImageSet,
  readImages,
} from "@tssl/core/run";
import { randomStream } from "@tssl/augment-zoo";
import type { Command } from "commander";

import type { ClusterSummary } from "../cluster-summary.ts";
import { clustersText } from "../clusters-text.ts";
import { commandText } from "../command-text.ts";
import { finish } from "../exit-code.ts";
import { loadRunEncoder } from "../load-run-encoder.ts";
import { moreClustersThanImages } from "../messages/embeddings.ts";
import { openRunEncoder, type RunEncoder } from "../open-run-encoder.ts";
import { count, seed } from "../option-values.ts";
import { requireOutputFolder } from "../output-places.ts";
import { printResult, tell } from "../terminal.ts";
import { requireKnownServers, type TrustFlag, trustOption } from "../trust.ts";
import { writeClusters } from "../write-clusters.ts";

interface ClusterFlags extends TrustFlag {
  readonly clusters?: number;
  readonly images?: string;
  readonly checkpoint?: string;
  readonly iterations: number;
  readonly redo: number;
  readonly seed?: number;
  readonly out: string;
  readonly json: boolean;
}

/** Clusters of images without labels, where nothing else is said. */
const USUAL_CLUSTERS = 100;

export function addCluster(program: Command): void {
  program
    .command("cluster")
    .description("cluster images by a run's encoder: numbers, sizes, and a page of central images")
    .argument("<run>", "run folder")
    .option(
      "--clusters <count>",
      "clusters (default: the classes of the images, or 100 without labels)",
      count,
    )
    .option("--images <folder>", "images to cluster, a folder or shards (default: the run's data.train)")
    .option("--checkpoint <name>", 'name of a checkpoint, or "best" (default: the newest)')
    .option("--iterations <count>", "iterations of k-means", count, 25)
    .option("--redo <count>", "starts of k-means, of which the best is kept", count, 3)
    .option("--seed <number>", "seed of the starts (default: the run's)", seed)
    .option("--out <folder>", "folder for images.csv, clusters.json and clusters.html", "clusters")
    .option("--json", "one line of JSON", false)
    .addOption(trustOption())
    .addHelpText(
      "after",
      "\nExamples:\n  tssl cluster runs/demo\n  tssl cluster runs/demo --images ./photos --clusters 50 " +
        "--out groups",
    )
    .action(async (run: string, flags: ClusterFlags) => finish(await clusterCommand(run, flags)));
}

/** `tssl cluster <run>`: k-means on the encoder's features of images, each of length 1. */
async function clusterCommand(runFolder: string, flags: ClusterFlags): Promise<number> {
  const { out, iterations, redo } = flags;
  requireOutputFolder("--out", out);
  const run = await openRunEncoder(runFolder, flags);
  const { settings } = run;
  const source = flags.images ?? settings.data.train;
  if (flags.images === undefined) await requireKnownServers([source], run.trust);
  const set = await readImages(source, tell);
  const { features, checkpoint } = await featuresOfImages(runFolder, run, set, flags.checkpoint);

  const clusters = clustersAmong(features.count, set, flags.clusters);
  const chosen = { clusters, seed: flags.seed ?? settings.seed, iterations, redo };
  const random = randomStream(chosen.seed, "tssl cluster");
  const found = await kmeans(features, { clusters, iterations, redo, random });

  const summary: ClusterSummary = {
    checkpoint,
    images: features.count,
    ...chosen,
    meanDistance: found.objective / features.count,
    sizes: [...found.sizes],
    ...agreementOf(found, features, set),
  };
  const command = commandText(["cluster", runFolder], { images: flags.images, checkpoint, ...chosen, out });
  await writeClusters(out, settings, { set, features, found, summary, command });
  printResult(flags.json ? `${JSON.stringify(summary)}\n` : clustersText(summary, onOneLine(out)));
  return 0;
}

/** As many clusters as were asked for, else as there are classes, else a hundred. */
function clustersAmong(images: number, { labels, classes }: ImageSet, asked: number | undefined): number {
  const clusters = asked ?? Math.min(labels === undefined ? USUAL_CLUSTERS : classes.length, images);
  if (clusters > images) throw moreClustersThanImages(clusters, images);
  return clusters;
}

/** The features of the images that could be decoded, rows of length 1. */
async function featuresOfImages(
  runFolder: string,
  run: RunEncoder,
  set: ImageSet,
  checkpoint: string | undefined,
): Promise<{ readonly features: ImageFeatures; readonly checkpoint: string }> {
  const { encoder } = await loadRunEncoder(runFolder, run, checkpoint);
  try {
    const images = evaluationImages(set, { ...evaluationOptions(run.settings), cacheMegabytes: 0 });
    return { features: await extractFeatures(encoder.features, images), checkpoint: encoder.checkpoint };
  } finally {
    await encoder.dispose();
  }
}

const agreementOf = (
  { labels }: Clustering,
  { images }: ImageFeatures,
  set: ImageSet,
): Partial<ClusterAgreement> =>
  set.labels === undefined
    ? {}
    : clusterAgreement(
        labels,
        images.map((place) => set.labels![place]!),
      );
