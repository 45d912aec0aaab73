import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import path from "node:path";

import { decodingOf, engineOptions, loadEncoder, programOptions, readImages } from "@tssl/core/run";
import { count as countText, counted, duration, fingerprintOf } from "@tssl/core/internal";
import { startEngine } from "@tssl/engine";
import {
  computeRows,
  csvBeside,
  nearDuplicates,
  nearestOthers,
  openRows,
  outliers,
  writeEmbeddings,
} from "@tssl/export";
import { type Command, Option } from "commander";

import { openEncoderFile } from "../encoder-file.ts";
import type { EncoderToLoad } from "../encoder-to-load.ts";
import { finish } from "../exit-code.ts";
import * as messages from "../messages.ts";
import { openRunEncoder } from "../open-run-encoder.ts";
import { count, cosine } from "../option-values.ts";
import { requireOutputFile } from "../output-places.ts";
import { table } from "../table.ts";
import { printResult, tell } from "../terminal.ts";
import { type TrustFlag, trustOption } from "../trust.ts";

interface EmbedFlags extends TrustFlag {
  readonly out: string;
  readonly checkpoint?: string;
  readonly workers?: number;
  readonly batchSize?: number;
  readonly unitLength: boolean;
  /** The smallest cosine; true: the usual one. */
  readonly nearDuplicates?: number | true;
  /** How many; true: the usual number. */
  readonly outliers?: number | true;
  readonly json: boolean;
}

/** What is a near duplicate, unless the user says: the features of a mirrored or rescaled copy are closer. */
const USUAL_COSINE = 0.98;

const USUAL_OUTLIERS = 20;

/** Nearest images that tell of an image: as many are looked at by curators. */
const NEIGHBOURS = 10;

/** Groups that are shown on a terminal. */
const SHOWN_GROUPS = 20;

export function addEmbed(program: Command): void {
  program
    .command("embed")
    .description(
      "write the features of every image of a folder, list or shards, for pandas, numpy and others",
    )
    .argument("<encoder>", "run folder, or a safetensors file: an export, or a ResNet of torchvision or timm")
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
    .addOption(
      new Option(
        "--near-duplicates [cosine]",
        `list images that show nearly the same (default: from ${USUAL_COSINE} on)`,
      ).argParser(cosine),
    )
    .addOption(
      new Option(
        "--outliers [count]",
        `list the images that are like no other (default: ${USUAL_OUTLIERS})`,
      ).argParser(count),
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
  const { out } = flags;
  if (!/\.(parquet|npy)$/.test(out)) throw messages.notAnEmbeddingFile(out);
  requireOutputFile("--out", out);
  if (out.endsWith(".npy")) requireOutputFile("--out", csvBeside(out));
  const isFile = statSync(from, { throwIfNoEntry: false })?.isFile() === true;
  if (isFile && flags.checkpoint !== undefined) throw messages.checkpointOfFile(from);
  const prepared = isFile ? await openEncoderFile(from) : await openRun(from, flags);
  const images = await readImages(source, tell);
  const { encoder, name: encoderName, mark } = await prepared.load();
  const { settings } = encoder;
  try {
    const extractor = flags.unitLength ? encoder.features : encoder.rawFeatures;
    const { digest } = await fingerprintOf(images);
    const of = [...mark, digest, images.root, flags.unitLength];
    const rows = await openRows(
      out,
      createHash("sha256").update(JSON.stringify(of)).digest("hex"),
      extractor.dim,
    );
    try {
      if (rows.rows > 0) tell(messages.embeddingGoesOn(rows.rows, images.files.length));
      await computeRows(rows, {
        files: images.files,
        extractor,
        imageSize: settings.imageSize,
        batchSize: Math.min(flags.batchSize ?? settings.evaluation.batchSize, images.files.length),
        ...(flags.workers === undefined ? {} : { workers: flags.workers }),
        maxCorruptShare: settings.data.maxCorruptShare,
        ...decodingOf(settings.data),
        onProgress: everyFewSeconds(rows.rows),
      });
      const corrupt = new Set(rows.corrupt);
      const places = images.files.flatMap((_, place) => (corrupt.has(place) ? [] : [place]));
      const labels = images.labels && Array.from(images.labels, (label) => images.classes[label] ?? "");
      await writeEmbeddings(out, rows, extractor.dim, {
        places,
        names: images.names,
        ...(labels && { labels }),
      });
      if (corrupt.size > 0)
        tell(messages.embeddingsWithout([...corrupt].map((place) => images.names[place]!)));
      const found = await curated(rows, extractor.dim, places, flags);
      const name = (row: number) => images.names[places[row]!]!;
      printResult(
        flags.json
          ? `${JSON.stringify({ out: path.resolve(out), images: places.length, dim: extractor.dim, encoder: encoderName, left: [...corrupt].map((place) => images.names[place]!), ...asNames(found, name) })}\n`
          : `${counted(places.length, "image")}, ${countText(extractor.dim)} features: ` +
              `${out}\n${curationText(found, name)}`,
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

async function openRun(runFolder: string, flags: EmbedFlags): Promise<EncoderToLoad> {
  const { registry, settings } = await openRunEncoder(runFolder, flags);
  return {
    async load() {
      const engine = await startEngine(engineOptions(settings.engine));
      const { mode, precision } = programOptions(settings.engine, engine);
      const encoder = await loadEncoder(runFolder, registry, {
        ...{ mode: mode.mode, precision },
        ...(flags.checkpoint === undefined ? {} : { checkpoint: flags.checkpoint }),
      });
      const { facts, checkpoint } = encoder;
      return { encoder, name: checkpoint, mark: [facts.config, facts.step, facts.savedAt, precision] };
    },
  };
}

/** What a curator looks for first. */
interface Curated {
  readonly duplicates?: ReturnType<typeof nearDuplicates>;
  readonly outliers?: ReturnType<typeof outliers>;
}

async function curated(
  rows: { read(from: number, count: number): Promise<Float32Array> },
  dim: number,
  places: readonly number[],
  flags: EmbedFlags,
): Promise<Curated> {
  if ((flags.nearDuplicates ?? flags.outliers) === undefined || places.length < 2) return {};
  const values = new Float32Array(places.length * dim);
  for (const [row, place] of places.entries()) values.set(await rows.read(place, 1), row * dim);
  const nearest = await nearestOthers(values, dim, NEIGHBOURS);
  const given = <T>(value: T | true, usual: T): T => (value === true ? usual : value);
  return {
    ...(flags.nearDuplicates === undefined
      ? {}
      : { duplicates: nearDuplicates(nearest, given(flags.nearDuplicates, USUAL_COSINE)) }),
    ...(flags.outliers === undefined
      ? {}
      : { outliers: outliers(nearest, given(flags.outliers, USUAL_OUTLIERS)) }),
  };
}

const asNames = ({ duplicates, outliers: far }: Curated, name: (row: number) => string) => ({
  ...(duplicates === undefined
    ? {}
    : { nearDuplicates: duplicates.map(({ places, cosine }) => ({ images: places.map(name), cosine })) }),
  ...(far === undefined
    ? {}
    : { outliers: far.map(({ place, cosine }) => ({ image: name(place), cosine })) }),
});

function curationText({ duplicates, outliers: far }: Curated, name: (row: number) => string): string {
  const parts: string[] = [];
  if (duplicates !== undefined) {
    const shown = duplicates.slice(0, SHOWN_GROUPS);
    const rows = shown.map(({ places, cosine }) => [cosine.toFixed(3), places.map(name).join(", ")]);
    parts.push(
      messages.nearDuplicatesFound(duplicates.length, shown.length),
      ...(rows.length === 0 ? [] : [table(rows, "rl")]),
    );
  }
  if (far !== undefined) {
    const rows = far.map(({ place, cosine }) => [cosine.toFixed(3), name(place)]);
    parts.push(messages.OUTLIERS, table(rows, "rl"));
  }
  return parts.map((part) => `${part}\n`).join("");
}

/** Time between two words about the progress, in milliseconds. */
const EVERY = 5000;

/** @param first rows that were there before. */
function everyFewSeconds(first: number): (rows: number, of: number) => void {
  const begun = performance.now();
  let told = begun;
  return (rows, of) => {
    const now = performance.now();
    if (now - told < EVERY) return;
    told = now;
    const perSecond = ((rows - first) / (now - begun)) * 1000;
    tell(messages.embedded(rows, of, perSecond, duration((of - rows) / perSecond)));
  };
}
