import { stat } from "node:fs/promises";

import { describeRemote, isAddress } from "@tssl/augment-zoo";
import path from "node:path";

import { labelMissing, memberNotAFile, notAClassNumber } from "../../messages.ts";
import { isHidden, isImageName } from "../image-set.ts";
import { cacheOf, keepInCache, keptInCache } from "../../files/kept-in-cache.ts";
import { tarMembers } from "./tar-members.ts";

/** Where the images of one shard lie, in the order of their members: four lists of the same length. */
export interface ShardIndex {
  readonly names: readonly string[];
  /** Where in the shard each image begins, in bytes. */
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  /** The number that each image's .cls member holds; absent where there is no such member. */
  readonly labels?: readonly number[];
}

/** An index as it is kept: with what tells whether it still holds. */
interface KeptIndex extends ShardIndex {
  readonly format: typeof FORMAT;
  readonly bytes: number;
  /** Milliseconds since 1970; or what a server calls this version of it. */
  readonly modified: number | string;
}

/** Raised when indexes of an earlier version would mislead. */
const FORMAT = 1;

/** What fits in a class number's digits. */
const CLASS_NUMBER = /^\d{1,5}$/;

const KIND = "shards";

/** Where indexes are kept. */
export const indexFolder = (): string => cacheOf(KIND);

/**
 * The index that was kept of a shard, unless the shard has another size or another time of change since.
 *
 * @param shard absolute path, or address.
 */
export async function keptIndex(shard: string): Promise<ShardIndex | undefined> {
  const kept = await keptInCache<KeptIndex>(KIND, shard);
  if (kept === undefined) return undefined;
  const now = await stampOf(shard);
  if (now === undefined) return undefined;
  const holds = (Object.keys(now) as (keyof typeof now)[]).every((key) => kept[key] === now[key]);
  return holds ? kept : undefined;
}

/**
 * Makes the index of a shard from the headers of its members, and keeps it in the user's cache, where that
 * can be written.
 *
 * A label is the whole number in the member that is called like the image up to the first dot, with .cls:
 * "cat/0001.cls" for "cat/0001.jpg", as in WebDataset.
 *
 * @param shard absolute path, or address.
 * @throws {TsslError} INVALID_DATA naming the shard and the member, if the archive is not whole, an image is
 * a link, or a label is missing or no number.
 */
export async function makeIndex(shard: string): Promise<ShardIndex> {
  const before = await stampOf(shard);
  const index = await indexOf(shard);
  if (before !== undefined) {
    await keepInCache<KeptIndex>(KIND, shard, { ...before, ...index });
  }
  return index;
}

/** Undefined where there is no such file. */
async function stampOf(shard: string): Promise<Omit<KeptIndex, keyof ShardIndex> | undefined> {
  if (isAddress(shard)) {
    const { size, version } = await describeRemote(shard);
    return { format: FORMAT, bytes: size, modified: version };
  }
  const found = await stat(shard).catch(() => undefined);
  return found && { format: FORMAT, bytes: found.size, modified: found.mtimeMs };
}

async function indexOf(shard: string): Promise<ShardIndex> {
  const [names, offsets, sizes]: [string[], number[], number[]] = [[], [], []];
  const classes = new Map<string, number>();
  for await (const { name: written, type, offset, size, read } of tarMembers(shard)) {
    const name = path.posix.normalize(written).replace(/^(\.\.\/|\/)+/, "");
    if (type === "Directory" || isHidden(name)) continue;
    if (name.endsWith(".cls")) {
      classes.set(keyOf(name), classNumber(shard, name, size > 100 ? "" : (await read()).toString().trim()));
    } else if (isImageName(name)) {
      if (!["File", "OldFile", "ContiguousFile"].includes(type)) throw memberNotAFile(shard, name, type);
      names.push(name);
      offsets.push(offset);
      sizes.push(size);
    }
  }
  if (classes.size === 0) return { names, offsets, sizes };
  const labels = names.map((name) => {
    const label = classes.get(keyOf(name));
    if (label === undefined) throw labelMissing(shard, name, `${keyOf(name)}.cls`);
    return label;
  });
  return { names, offsets, sizes, labels };
}

/** What the members of one sample have in common: "cat/0001" of "cat/0001.jpg" and "cat/0001.cls". */
function keyOf(name: string): string {
  const dot = name.indexOf(".", name.lastIndexOf("/") + 1);
  return name.slice(0, dot);
}

function classNumber(shard: string, name: string, text: string): number {
  if (CLASS_NUMBER.test(text)) return Number(text);
  throw notAClassNumber(shard, name, text);
}
