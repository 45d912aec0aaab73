import path from "node:path";

import { isAddress } from "@tssl/augment-zoo";
import { counted, shardPattern } from "@tssl/core/internal";
import { readImages, writeShards } from "@tssl/core/run";
import { type Command, Option } from "commander";

import { finish } from "../exit-code.ts";
import { requireOutputFolder } from "../output-places.ts";
import { bytes, count } from "../option-values.ts";
import { printNotice, printResult, tell } from "../terminal.ts";

interface PackFlags {
  readonly out: string;
  readonly perShard?: number;
  /** Bytes. */
  readonly shardSize?: number;
}

/** Images in a shard by default. */
const PER_SHARD = 10_000;

export function addPack(program: Command): void {
  program
    .command("pack")
    .description("pack images into tar shards, which every command accepts in place of a folder")
    .argument("<images>", "folder of images, or shards")
    .requiredOption("--out <folder>", "folder for the shards and their classes.json")
    .option("--per-shard <count>", "images in a shard (default: 10000)", count)
    .addOption(
      new Option("--shard-size <size>", "size limit of a shard, such as 500MB, in place of --per-shard")
        .argParser(bytes)
        .conflicts("perShard"),
    )
    .addHelpText(
      "after",
      `
Files are packed unchanged and in order, each with its class in a .cls member (WebDataset's format).

Example:
  tssl pack ./images/train --out shards
In a config:
  data: { train: "shards/train-{000..004}.tar" }`,
    )
    .action(async (images: string, flags: PackFlags) => finish(await packCommand(images, flags)));
}

/** `tssl pack <images>`: prints a line per shard, and at the end the path to write into a config. */
async function packCommand(
  source: string,
  { out, perShard = PER_SHARD, shardSize }: PackFlags,
): Promise<number> {
  requireOutputFolder("--out", out);
  const images = await readImages(source, tell);
  const shards = await writeShards(images, {
    out,
    prefix: prefixOf(images.root),
    limit: shardSize === undefined ? { images: perShard } : { bytes: shardSize },
    onShard({ name, first, end }, bytes, of) {
      const megabytes = (bytes / 1e6).toFixed(1);
      printNotice(`${name} of ${of}: ${counted(end - first, "image")}, ${megabytes} MB\n`);
    },
  });
  const classes = images.classes.length === 0 ? "" : ` of ${images.classes.length} classes`;
  const [packed, written] = [counted(images.files.length, "image"), counted(shards.length, "shard")];
  printResult(`${packed}${classes} in ${written}: ${path.join(out, shardPattern(shards))}\n`);
  return 0;
}

/** "train" for "/data/train", "/data/train-{000..007}.tar" and "https://example.org/train-*.tar?token=…". */
const prefixOf = (root: string): string =>
  path
    .basename(isAddress(root) ? root.replace(/\?.*$/, "") : root)
    .replace(/\.(tar|txt)$/, "")
    .replace(/[-_]?[{*].*$/, "") || "images";
