import { readFile } from "node:fs/promises";
import path from "node:path";

import { isAddress, readRemoteText } from "@tssl/augment-zoo";

import {
  classesUnusable,
  classUnnamed,
  indexedShards,
  indexingShards,
  notAListOfNames,
  partlyLabelled,
  shardEmpty,
} from "../../messages.ts";
import { openLedger } from "../data-ledger.ts";
import { classesByFolder, IMAGE_EXTENSIONS, type ImageSet } from "../image-set.ts";
import { indexFolder, keptIndex, makeIndex, type ShardIndex } from "./shard-index.ts";

/** Beside the shards: the names of the classes, in the order of their numbers. */
export const CLASSES_FILE = "classes.json";

/** Time between two words about the progress, in milliseconds. */
const EVERY = 5000;

/**
 * Finds the images in tar archives: shard by shard, in the order of their members.
 *
 * Classes are those of the .cls members, with the names of classes.json or else their numbers; where no image
 * has one, those of the folders in the members' names, as in a folder of images.
 *
 * @param root what the shards are called together.
 * @param shards absolute paths, or addresses on servers that give ranges.
 * @param tell is told of indexes that are being made, which takes a while the first time.
 * @throws {TsslError} INVALID_DATA naming the shard, if one is not whole, holds no image, or has labels where
 * another has none.
 */
export async function readShards(
  root: string,
  shards: readonly string[],
  tell: (sentence: string) => void,
): Promise<ImageSet> {
  const indexes = await indexesOf(root, shards, tell);
  const empty = indexes.findIndex(({ names }) => names.length === 0);
  if (empty >= 0) throw shardEmpty(shards[empty]!, IMAGE_EXTENSIONS);
  const files = indexes.flatMap(({ names, offsets, sizes }, i) =>
    names.map((name, j) => ({ path: shards[i]!, name, offset: offsets[j]!, size: sizes[j]! })),
  );
  const plain = files.map(({ name }) => name);
  const names =
    new Set(plain).size === plain.length
      ? plain
      : files.map((file) => `${path.basename(file.path)}:${file.name}:${file.offset}`);
  const classes = await numberedClasses(shards, indexes);
  const ledger = openLedger().close(files.length);
  return { root, files, names, ledger, ...(classes ?? classesByFolder(plain)) };
}

async function indexesOf(
  root: string,
  shards: readonly string[],
  tell: (sentence: string) => void,
): Promise<readonly ShardIndex[]> {
  const indexes: ShardIndex[] = [];
  let [made, images, told] = [0, 0, 0];
  for (const shard of shards) {
    const kept = await keptIndex(shard);
    if (kept === undefined && Date.now() - told > EVERY) {
      told = Date.now();
      tell(
        made === 0
          ? indexingShards(root, indexFolder())
          : indexedShards(indexes.length, shards.length, images),
      );
    }
    const index = kept ?? (await makeIndex(shard));
    if (kept === undefined) made++;
    indexes.push(index);
    images += index.names.length;
  }
  return indexes;
}

/** The classes by .cls members; undefined where no shard has any. */
async function numberedClasses(
  shards: readonly string[],
  indexes: readonly ShardIndex[],
): Promise<Required<Pick<ImageSet, "classes" | "labels">> | undefined> {
  const labelled = indexes.findIndex(({ labels }) => labels !== undefined);
  if (labelled < 0) return undefined;
  const unlabelled = indexes.findIndex(({ labels }) => labels === undefined);
  if (unlabelled >= 0) throw partlyLabelled(shards[labelled]!, shards[unlabelled]!);
  const labels = Int32Array.from(indexes.flatMap((index) => index.labels!));
  const highest = labels.reduce((most, label) => Math.max(most, label), 0);
  const file = `${path.dirname(shards[0]!)}/${CLASSES_FILE}`;
  const named = await classNames(file);
  if (named !== undefined && highest >= named.length) throw classUnnamed(file, named.length, highest);
  return { labels, classes: named ?? Array.from({ length: highest + 1 }, (_, i) => String(i)) };
}

async function classNames(file: string): Promise<readonly string[] | undefined> {
  try {
    const text = await (isAddress(file) ? readRemoteText(file) : readFile(file, "utf8"));
    if (text === undefined) return undefined;
    const content: unknown = JSON.parse(text);
    if (!isListOfNames(content)) throw notAListOfNames();
    return content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw classesUnusable(file, error);
  }
}

const isListOfNames = (content: unknown): content is readonly string[] =>
  Array.isArray(content) &&
  content.every((name) => typeof name === "string") &&
  new Set(content).size === content.length;
