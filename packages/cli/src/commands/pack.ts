import path from "node:path";

import { readImages, shardPattern, writeShards } from "@tssl/core";

export interface PackFlags {
  readonly out: string;
  readonly perShard?: number;
  /** Bytes. */
  readonly shardSize?: number;
}

/** Images in a shard where nothing is said. */
const PER_SHARD = 10_000;

/** `tssl pack <images>`: prints a line per shard, and last what to write into a config. */
export async function packCommand(
  source: string,
  { out, perShard = PER_SHARD, shardSize }: PackFlags,
): Promise<number> {
  const images = await readImages(source, (sentence) => process.stderr.write(`${sentence}\n`));
  const shards = await writeShards(images, {
    out,
    prefix: prefixOf(images.root),
    limit: shardSize === undefined ? { images: perShard } : { bytes: shardSize },
    onShard({ name, first, end }, bytes, of) {
      const megabytes = (bytes / 1e6).toFixed(1);
      process.stderr.write(`${name} of ${of}: ${counted(end - first, "image")}, ${megabytes} MB\n`);
    },
  });
  const classes = images.classes.length === 0 ? "" : ` of ${images.classes.length} classes`;
  process.stdout.write(
    `${counted(images.files.length, "image")}${classes} in ${counted(shards.length, "shard")}: ${path.join(out, shardPattern(shards))}\n`,
  );
  return 0;
}

/** "1 image", "5,000 images" */
const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;

/** "train" of "/data/train" and of "/data/train-{000..007}.tar" */
const prefixOf = (root: string): string =>
  path
    .basename(root)
    .replace(/\.(tar|txt)$/, "")
    .replace(/[-_]?\{.*$/, "") || "images";
