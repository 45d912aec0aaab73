import { createHash } from "node:crypto";

import { describeRemote, isAddress, readRange, withoutSecrets } from "@tssl/augment-zoo";

import { cacheOf, keepInCache, keptInCache } from "../../files/kept-in-cache.ts";
import { openRegularFile } from "../../files/regular-file.ts";
import {
  exactly,
  listOf,
  nullable,
  object,
  type Shape,
  text,
  textOrNumber,
  whole,
} from "../../files/shapes.ts";
import { leftOutShape } from "../data-ledger.ts";
import { indexShard, type ShardIndex } from "./index-shard.ts";

/** What tells one version of a shard from another. */
interface Stamp {
  readonly format: typeof FORMAT;
  readonly bytes: number;
  /** When it was changed, as the file system has it; or what a server calls this version of it. */
  readonly version: string;
  /** Hash of how it begins and ends; absent where a server's version tells by itself. */
  readonly ends?: string;
}

/** An index as it is kept: with what tells whether it still holds. */
interface KeptIndex {
  readonly stamp: Stamp;
  readonly index: ShardIndex;
}

/** Raised when indexes of an earlier version would mislead. */
const FORMAT = 4;

const labels = object({
  values: listOf(nullable(textOrNumber)),
  members: whole(),
  examples: listOf(text),
});

const keptShape: Shape<KeptIndex> = object({
  stamp: object({ format: exactly(FORMAT), bytes: whole(), version: text }, { ends: text }),
  index: object(
    {
      names: listOf(text),
      offsets: listOf(whole()),
      sizes: listOf(whole(1)),
      labels: object({}, { cls: labels, json: labels, txt: labels }),
      leftOut: listOf(leftOutShape),
      unclaimed: object({ count: whole() }, { example: text }),
    },
    { noEnd: whole() },
  ),
});

/** Whether all lists are of one length, and every image lies in the shard. */
const isWhole = ({ stamp, index: { names, offsets, sizes, labels } }: KeptIndex): boolean =>
  [offsets, sizes, ...Object.values(labels).map(({ values }) => values)].every(
    (list) => list.length === names.length,
  ) && offsets.every((offset, i) => offset + sizes[i]! <= stamp.bytes);

/** Bytes at the beginning and at the end of a shard that are hashed. */
const HASHED = 64 * 1024;

const KIND = "shards";

/** Where indexes are kept. */
export const indexFolder = (): string => cacheOf(KIND);

/**
 * The index that was kept of a shard, unless the shard is another since: by its size, its times of change
 * (programs that copy files set one of them, no program sets the other), and its first and last bytes.
 *
 * @param shard absolute path, or address.
 */
export async function keptIndex(shard: string): Promise<ShardIndex | undefined> {
  const kept = await keptInCache(KIND, withoutSecrets(shard), keptShape);
  if (kept === undefined || !isWhole(kept)) return undefined; // none, or of an earlier version
  return isSame(kept.stamp, await stampOf(shard)) ? kept.index : undefined;
}

/**
 * Makes the index of a shard from the headers of its members, and keeps it in the user's cache, where that
 * can be written and the shard stayed the same meanwhile. See `indexShard`.
 *
 * @param shard absolute path, or address.
 */
export async function makeIndex(shard: string): Promise<ShardIndex> {
  const before = await stampOf(shard);
  const index = await indexShard(shard);
  if (before !== undefined && isSame(before, await stampOf(shard))) {
    await keepInCache<KeptIndex>(KIND, withoutSecrets(shard), { stamp: before, index });
  }
  return index;
}

const isSame = (one: Stamp, other: Stamp | undefined): boolean =>
  one.bytes === other?.bytes && one.version === other.version && one.ends === other.ends;

/** Undefined where there is no such file; what is there instead is said where it is read. */
async function stampOf(shard: string): Promise<Stamp | undefined> {
  if (isAddress(shard)) {
    const { size: bytes, version } = await describeRemote(shard);
    const stamp = { format: FORMAT, bytes, version } as const;
    if (version.startsWith('"')) return stamp; // an ETag that stands for the bytes
    return { ...stamp, ends: await hashOfEnds(bytes, (offset, length) => readRange(shard, offset, length)) };
  }
  const handle = await openRegularFile(shard).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
    const ends = await hashOfEnds(Number(size), async (offset, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    });
    return { format: FORMAT, bytes: Number(size), version: `${mtimeNs} ${ctimeNs}`, ends };
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

async function hashOfEnds(
  bytes: number,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<string> {
  const length = Math.min(HASHED, bytes);
  const hash = createHash("sha256");
  if (length > 0) hash.update(await read(0, length));
  if (bytes > length) hash.update(await read(bytes - length, length));
  return hash.digest("hex");
}
