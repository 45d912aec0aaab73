import path from "node:path";

import { imageFileName, isAddress, withoutSecrets } from "@tssl/augment-zoo";

import { noImages } from "../../messages/images.ts";
import { indexedShards, indexingShards, noEndMark } from "../../messages/notices.ts";
import { arraysBesideImages, tooManyImages } from "../../messages/shards.ts";
import { classesByFolder, IMAGE_EXTENSIONS, type ImageSet, isArrayName } from "../image-set.ts";
import { readClassNames } from "./class-names.ts";
import type { ShardIndex } from "./index-shard.ts";
import { joinedLedger } from "./joined-ledger.ts";
import { chooseLabels, classesByLabel } from "./shard-classes.ts";
import { indexFolder, keptIndex, makeIndex } from "./shard-index.ts";

/** Largest set of images: what one table of names holds. */
const MOST_IMAGES = 16_000_000;

/** Time between two words about the progress, in milliseconds. */
const EVERY = 5000;

/**
 * Finds the images in tar archives: shard by shard, in the order of their members.
 *
 * Classes are those that members beside the images say (see `indexShard`), with the names of classes.json;
 * where there are none, those of the folders in the members' names, as in a folder of images.
 *
 * @param source what the shards are called together.
 * @param shards absolute paths, or addresses on servers that give ranges.
 * @param tell is told of indexes that are being made, which takes a while the first time, and of shards
 * without an end.
 * @throws {TsslError} INVALID_DATA naming the shard, if one is not whole, holds no image, or has samples or
 * labels that are not clear.
 */
export async function readShards(
  source: string,
  shards: readonly string[],
  tell: (sentence: string) => void,
): Promise<ImageSet> {
  const root = withoutSecrets(source);
  const indexes = await indexesOf(root, shards, tell);
  const shown = shards.map(withoutSecrets);
  const empty = indexes.findIndex(({ names }) => names.length === 0);
  if (empty >= 0)
    throw noImages(shown[empty]!, IMAGE_EXTENSIONS, joinedLedger(0, 0, indexes[empty]!.leftOut));
  requireOneKind(shown, indexes);
  for (const [i, { noEnd }] of indexes.entries()) {
    if (noEnd !== undefined) tell(noEndMark(shown[i]!, noEnd));
  }

  const files = indexes.flatMap(({ names, offsets, sizes }, i) =>
    names.map((name, j) => ({ path: shards[i]!, name, offset: offsets[j]!, size: sizes[j]! })),
  );
  const plain = files.map(({ name }) => name);
  const names =
    new Set(plain).size === plain.length
      ? plain
      : files.map((file) => `${baseName(file.path)}:${file.name}:${file.offset}`);
  const nameOf = (image: number) => imageFileName(files[image]!);
  const { values, members, leftOut } = chooseLabels(root, indexes, nameOf);
  const classes =
    values === undefined
      ? classesByFolder(plain)
      : classesByLabel(values, nameOf, await readClassNames(shards));
  const ledger = joinedLedger(files.length, members, [
    ...indexes.flatMap((index) => index.leftOut),
    ...leftOut,
  ]);
  return { root, files, names, ...classes, ledger };
}

/** Arrays stand for images in a shard that holds no others: beside shards of images they are a slip. */
function requireOneKind(shards: readonly string[], indexes: readonly ShardIndex[]): void {
  const ofArrays = indexes.map(({ names }) => isArrayName(names[0]!));
  const [array, image] = [ofArrays.indexOf(true), ofArrays.indexOf(false)];
  if (array >= 0 && image >= 0) throw arraysBesideImages(shards[array]!, shards[image]!);
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
    if (images > MOST_IMAGES) throw tooManyImages(root, MOST_IMAGES);
  }
  return indexes;
}

/** The file name of a shard, without the query of an address. */
const baseName = (shard: string): string =>
  path.basename(isAddress(shard) ? shard.replace(/[?#].*$/s, "") : shard);
