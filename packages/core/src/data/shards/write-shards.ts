import { type FileHandle, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

import { type ImageFile, readFilePart } from "@tssl/augment-zoo";
import { makeFolders } from "@tssl/engine";
import { Header, Pax } from "tar";

import { TsslError } from "../../errors.ts";
import { dataUnreadable } from "../../messages/images.ts";
import { otherClassesNamed, shardExists, shardsNotWritten } from "../../messages/shards.ts";
import { isMissing } from "../../files/is-missing.ts";
import { readRegularFile } from "../../files/regular-file.ts";
import { UNFINISHED, writeWhole } from "../../files/write-whole.ts";
import type { ImageSet } from "../image-set.ts";
import { prefetch } from "../prefetch.ts";
import { unreadableImage } from "../unreadable-image.ts";
import { CLASSES_FILE, LONGEST_CLASSES } from "./class-names.ts";
import { memberKeys, type PlannedShard, planShards, type ShardLimit } from "./shard-plan.ts";
import { BLOCK } from "./tar-header.ts";

export interface WriteShardsOptions {
  /** The folder that the shards go to; made if it is missing. */
  readonly out: string;
  /** What their names begin with. */
  readonly prefix: string;
  readonly limit: ShardLimit;
  /** Is told of each shard that is done. */
  readonly onShard?: (shard: PlannedShard, bytes: number, of: number) => void;
}

/** What the two members of an image are called. */
interface Members {
  readonly image: string;
  readonly label: string;
}

/** Files read ahead of the one that is being written. */
const AHEAD = 8;

/** Bytes gathered for one write. */
const WRITE_BYTES = 2 ** 20;

/**
 * Writes images into tar shards: their files as they are, in the set's order, each followed by its class as a
 * .cls member; and the names of the classes to classes.json beside them. The same images give the same bytes,
 * whenever and wherever they are packed.
 *
 * `readImages` finds the same images in the same order in them, so training on either takes the same steps.
 *
 * @returns the shards. Each appears whole or not at all.
 * @throws {TsslError} INVALID_DATA if an image cannot be read, a shard is there already, or the folder cannot
 * be written or holds another classes.json.
 */
export async function writeShards(
  set: ImageSet,
  { out, prefix, limit, onShard }: WriteShardsOptions,
): Promise<readonly PlannedShard[]> {
  const names = set.files.map((file, i) => (typeof file === "string" ? set.names[i]! : file.name));
  const members = memberKeys(names).map((key, i) => ({
    image: `${key}${path.extname(names[i]!)}`,
    label: `${key}.cls`,
  }));
  const shards = planShards(prefix, await sizesIn(set, members, limit), limit);
  try {
    makeFolders(out);
    await requireFree(out, prefix);
    await writeClasses(out, set.classes);
    for (const shard of shards) {
      const bytes = await writeShard(path.join(out, shard.name), set, members, shard);
      onShard?.(shard, bytes, shards.length);
    }
  } catch (error) {
    if (error instanceof TsslError) throw error;
    throw shardsNotWritten(out, error);
  }
  return shards;
}

/** Bytes of each image in a shard; only a limit in bytes asks for them. */
async function sizesIn(
  { files, labels }: ImageSet,
  members: readonly Members[],
  limit: ShardLimit,
): Promise<readonly number[]> {
  if ("images" in limit) return files.map(() => 0);
  const bytesOf = (name: string, size: number) => headerOf(name, size).length + padded(size);
  const sizes: number[] = [];
  for await (const size of prefetch(files, sizeOf, { ahead: AHEAD, discard: () => {} })) {
    const { image, label } = members[sizes.length]!;
    sizes.push(bytesOf(image, size) + (labels === undefined ? 0 : bytesOf(label, 1)));
  }
  return sizes;
}

async function sizeOf(file: ImageFile): Promise<number> {
  if (typeof file !== "string") return file.size;
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw unreadableImage(file, error);
  }
}

async function contentOf(file: ImageFile): Promise<Uint8Array> {
  try {
    return typeof file === "string" ? await readFile(file) : await readFilePart(file);
  } catch (error) {
    throw unreadableImage(file, error);
  }
}

/** Shards of another set beside these are fine, those of the same name are not. */
async function requireFree(out: string, prefix: string): Promise<void> {
  const taken = (await readdir(out))
    .sort()
    .find((name) => name.startsWith(`${prefix}-`) && /^\d+\.tar$/.test(name.slice(prefix.length + 1)));
  if (taken === undefined) return;
  throw shardExists(path.join(out, taken), prefix, out);
}

async function writeClasses(out: string, classes: readonly string[]): Promise<void> {
  if (classes.length === 0) return;
  const file = path.join(out, CLASSES_FILE);
  const content = `${JSON.stringify(classes, undefined, 1)}\n`;
  const before = await readRegularFile(file, LONGEST_CLASSES).catch((error: unknown) => {
    if (!isMissing(error)) throw dataUnreadable(file, error);
    return undefined;
  });
  if (before !== undefined && before.toString("utf8") !== content) throw otherClassesNamed(file);
  if (before === undefined) await writeWhole(file, content);
}

/** @returns bytes of the shard. */
async function writeShard(
  file: string,
  { files, labels }: ImageSet,
  members: readonly Members[],
  { first, end }: PlannedShard,
): Promise<number> {
  const unfinished = `${file}.${process.pid}${UNFINISHED}`;
  const handle = await open(unfinished, "w");
  try {
    const writer = gather(handle);
    const places = Array.from({ length: end - first }, (_, i) => first + i);
    let place = first;
    for await (const content of prefetch(places, (i) => contentOf(files[i]!), {
      ahead: AHEAD,
      discard: () => {},
    })) {
      const { image, label } = members[place]!;
      await writer.write(member(image, content));
      if (labels !== undefined) await writer.write(member(label, Buffer.from(String(labels[place]))));
      place++;
    }
    await writer.write([Buffer.alloc(2 * BLOCK)]);
    await writer.flush();
    await handle.sync();
    await rename(unfinished, file);
    return writer.bytes();
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

/** Header, content and filling of a member. */
const member = (name: string, content: Uint8Array): readonly Uint8Array[] => [
  headerOf(name, content.length),
  content,
  Buffer.alloc(padded(content.length) - content.length),
];

/**
 * A block, and before it pax's for a name that does not fit into one. It says nothing of time, owner or
 * machine.
 */
function headerOf(name: string, size: number): Buffer {
  const header = new Header({
    path: name,
    size,
    type: "File",
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: new Date(0),
  });
  const block = Buffer.alloc(BLOCK);
  return header.encode(block) ? Buffer.concat([new Pax({ path: name, size }).encode(), block]) : block;
}

/** Writes to a file in large pieces. */
function gather(handle: FileHandle) {
  let waiting: Uint8Array[] = [];
  let [waitingBytes, written] = [0, 0];
  async function flush(): Promise<void> {
    await handle.writeFile(Buffer.concat(waiting)); // goes on where the last one ended
    written += waitingBytes;
    [waiting, waitingBytes] = [[], 0];
  }
  return {
    async write(pieces: readonly Uint8Array[]): Promise<void> {
      waiting.push(...pieces);
      waitingBytes += pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (waitingBytes >= WRITE_BYTES) await flush();
    },
    flush,
    bytes: () => written,
  };
}
