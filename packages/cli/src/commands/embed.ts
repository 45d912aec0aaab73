import { createHash } from "node:crypto";
import path from "node:path";

import { fingerprintOf, requireThreads } from "@tssl/core/internal";
import { readImages } from "@tssl/core/run";
import { csvBeside, openRows, writeEmbeddings } from "@tssl/export";
import { type Command, Option } from "commander";

import { computeEmbeddings, type ComputingFlags } from "../compute-embeddings.ts";
import { corruptText } from "../corrupt-text.ts";
import { curate, type CurationFlags, curationJson, curationText } from "../curation.ts";
import { decodedImages } from "../decoded-images.ts";
import { finish } from "../exit-code.ts";
import { embeddingsWritten, notAnEmbeddingFile } from "../messages/embeddings.ts";
import { openAnyEncoder } from "../open-any-encoder.ts";
import { count, cosine } from "../option-values.ts";
import { requireOutputFile } from "../output-places.ts";
import { printNotice, printResult, tell } from "../terminal.ts";
import { type TrustFlag, trustOption } from "../trust.ts";

interface EmbedFlags extends TrustFlag, ComputingFlags, CurationFlags {
  readonly out: string;
  readonly checkpoint?: string;
  readonly unitLength: boolean;
  readonly projections: boolean;
  readonly json: boolean;
}

/** What is a near duplicate, unless the user says: the features of a mirrored or rescaled copy are closer. */
const USUAL_COSINE = "0.98";

const USUAL_OUTLIERS = "20";

export function addEmbed(program: Command): void {
  program
    .command("embed")
    .description(
      "write the features of every image of a folder, list or shards, for pandas, numpy and others",
    )
    .argument(
      "<encoder>",
      "run folder; or a safetensors file: an export, a ResNet of torchvision, or a model of timm with its " +
        "config.json beside it",
    )
    .argument("<images>", "a folder of images, a .txt list or tar shards, as data.train takes them")
    .requiredOption(
      "--out <file>",
      "a .parquet file, or a .npy file with a .csv file of paths and labels beside it",
    )
    .option(
      "--checkpoint <name>",
      'name of a checkpoint, or "best" by checkpoint.best of the run (default: the newest)',
    )
    .option("--workers <count>", "threads that decode images (default: one less than there are cores)", count)
    .option("--batch-size <count>", "images that go through the encoder at once (default: the run's)", count)
    .option("--unit-length", "features of length 1, as kNN compares them", false)
    .option(
      "--projections",
      "of a run: the outputs of its projection head, which its loss compares, instead of the encoder's features",
      false,
    )
    .addOption(
      new Option(
        "--near-duplicates [cosine]",
        "list images that show nearly the same: whose features have this cosine or more",
      )
        .preset(USUAL_COSINE)
        .argParser(cosine),
    )
    .addOption(
      new Option("--outliers [count]", "list so many images that are like no other")
        .preset(USUAL_OUTLIERS)
        .argParser(count),
    )
    .option("--json", "one line of JSON", false)
    .addOption(trustOption())
    .addHelpText(
      "after",
      `
Where it is stopped, the same command goes on. Images that cannot be decoded are left out.

Examples:
  tssl embed runs/demo ./images --out features.parquet
  tssl embed encoder/model.safetensors ./images --out features.parquet
  tssl embed folder-of-timm ./images --out features.parquet
  tssl embed runs/demo ./images --out features.npy --near-duplicates 0.95 --outliers 50
In Python:
  pandas.read_parquet("features.parquet"), numpy.load("features.npy")`,
    )
    .action(async (encoder: string, images: string, flags: EmbedFlags) =>
      finish(await embedCommand(encoder, images, flags)),
    );
}

/** `tssl embed <encoder> <images>` */
async function embedCommand(from: string, source: string, flags: EmbedFlags): Promise<number> {
  const { out, unitLength } = flags;
  if (!/\.(parquet|npy)$/.test(out)) throw notAnEmbeddingFile(out);
  requireThreads("--workers", flags.workers ?? null);
  requireOutputFile("--out", out);
  if (out.endsWith(".npy")) requireOutputFile("--out", csvBeside(out));
  const toLoad = await openAnyEncoder(from, flags);
  const set = await readImages(source, tell);
  const { encoder, name, mark } = await toLoad.load();
  try {
    const extractor = unitLength ? encoder.features : encoder.rawFeatures;
    const { digest } = await fingerprintOf(set);
    const rows = await openRows(out, hashOf([...mark, digest, set.root, unitLength]), extractor.dim);
    try {
      await computeEmbeddings(rows, set, extractor, encoder.settings, flags);
      const images = decodedImages(set, rows.corrupt);
      await writeEmbeddings(out, rows, extractor.dim, images);
      printNotice(corruptText(images.left, "left out"));
      const names = images.places.map((place) => set.names[place]!);
      const found = await curate(rows, extractor.dim, images.places, flags);
      const summary = { images: names.length, dim: extractor.dim, encoder: name, left: images.left };
      printResult(
        flags.json
          ? `${JSON.stringify({ out: path.resolve(out), ...summary, ...curationJson(found, names) })}\n`
          : `${embeddingsWritten(names.length, extractor.dim, out)}\n${curationText(found, names)}`,
      );
      await rows.remove();
    } catch (error) {
      await rows.close().catch(() => undefined);
      throw error;
    }
    return 0;
  } finally {
    await encoder.dispose();
  }
}

/** Tells rows of one encoder and one set of images from those of others. */
const hashOf = (facts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(facts)).digest("hex");
