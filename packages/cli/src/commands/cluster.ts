import path from "node:path";

import { evaluationOptions, inShell, onOneLine, writeOutput } from "@tssl/core/internal";
import { clusterAgreement, type ClusterAgreement, type Clustering, kmeans } from "@tssl/core/clustering";
import {
  decodingOf,
  engineOptions,
  evaluationImages,
  extractFeatures,
  type ImageFeatures,
  type ImageSet,
  loadEncoder,
  programOptions,
  readImages,
} from "@tssl/core/run";
import { randomStream, withoutSecrets } from "@tssl/augment-zoo";
import { startEngine } from "@tssl/engine";
import { renderClusters } from "@tssl/report";
import type { Command } from "commander";

import type { ClusterSummary } from "../cluster-summary.ts";
import { clustersText, summarySentences } from "../clusters-text.ts";
import { finish } from "../exit-code.ts";
import * as messages from "../messages.ts";
import { openRunEncoder, type RunEncoder } from "../open-run-encoder.ts";
import { count, seed } from "../option-values.ts";
import { requireOutputFolder } from "../output-places.ts";
import { shownClusters } from "../shown-clusters.ts";
import { printResult, tell } from "../terminal.ts";
import { requireKnownServers, type TrustFlag, trustOption } from "../trust.ts";

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
  const { features, checkpoint } = await featuresOf(runFolder, run, set, flags.checkpoint);

  const usual = set.labels === undefined ? USUAL_CLUSTERS : set.classes.length;
  const clusters = flags.clusters ?? Math.min(usual, features.count);
  if (clusters > features.count) throw messages.moreClustersThanImages(clusters, features.count);
  const chosenSeed = flags.seed ?? settings.seed;
  const random = randomStream(chosenSeed, "tssl cluster");
  const found = await kmeans(features, { clusters, iterations, redo, random });

  const summary: ClusterSummary = {
    checkpoint,
    images: features.count,
    clusters,
    seed: chosenSeed,
    iterations,
    redo,
    meanDistance: found.objective / features.count,
    sizes: [...found.sizes],
    ...agreementOf(found, features, set),
  };
  await writeOutput(path.join(out, "images.csv"), imagesCsv(found, features, set));
  await writeOutput(path.join(out, "clusters.json"), `${JSON.stringify(summary, undefined, 2)}\n`);
  const { shown, more } = shownClusters(found, features, set);
  const given = { checkpoint, clusters, iterations, redo, seed: chosenSeed, out };
  const page = {
    title: settings.name,
    summary: summarySentences(summary),
    clusters: shown,
    more,
    command: commandLine(
      runFolder,
      flags.images === undefined ? given : { images: withoutSecrets(flags.images), ...given },
    ),
  };
  await writeOutput(
    path.join(out, "clusters.html"),
    await renderClusters(page, set, decodingOf(settings.data)),
  );
  printResult(flags.json ? `${JSON.stringify(summary)}\n` : clustersText(summary, onOneLine(out)));
  return 0;
}

/** The command with every option that its result depends on. */
const commandLine = (runFolder: string, options: Readonly<Record<string, string | number>>): string =>
  [
    `tssl cluster ${inShell(runFolder)}`,
    ...Object.entries(options).map(([name, value]) => `--${name} ${inShell(String(value))}`),
  ].join(" ");

/** The features of the images that could be decoded, rows of length 1. */
async function featuresOf(
  runFolder: string,
  { registry, settings }: RunEncoder,
  set: ImageSet,
  checkpoint: string | undefined,
): Promise<{ readonly features: ImageFeatures; readonly checkpoint: string }> {
  const engine = await startEngine(engineOptions(settings.engine));
  const { mode, precision } = programOptions(settings.engine, engine);
  const encoder = await loadEncoder(runFolder, registry, {
    mode: mode.mode,
    precision,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
  try {
    const images = evaluationImages(set, { ...evaluationOptions(settings), cacheMegabytes: 0 });
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

/** One line for each image: its name, its cluster, and its squared distance to the centroid. */
function imagesCsv(
  { labels, distances }: Clustering,
  { images }: ImageFeatures,
  { names }: ImageSet,
): string {
  const lines = [...images].map((place, row) => {
    const name = names[place]!.replaceAll('"', '""');
    return `"${name}",${labels[row]!},${distances[row]!.toPrecision(6)}`;
  });
  return `image,cluster,distance\n${lines.join("\n")}\n`;
}
