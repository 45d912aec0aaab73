import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

import { type ImageFile, readFilePart } from "@tssl/augment-zoo";

import { keepNewest, keepWithBytes, keptWithBytes, markUsed } from "../files/kept-in-cache.ts";
import { object, type Shape, text, whole } from "../files/shapes.ts";
import type { ImageSet } from "./image-set.ts";
import { unreadableImage } from "./unreadable-image.ts";

/** What each image of a set is, compactly: a set may have millions. */
export interface Fingerprint {
  /** Names of the images within the set, in its order. */
  readonly names: readonly string[];
  /**
   * For each image 16 bytes: its size in bytes as a float64, little-endian, and the first eight bytes of the
   * SHA-256 of its beginning. A size of -1: the system did not let us read it.
   */
  readonly bytes: Uint8Array;
  /** SHA-256 of the marks as JSON: what checkpoints hold. */
  readonly digest: string;
}

/** Size in bytes and hash of the beginning of each image, by its name: "4711:0123456789abcdef". */
export type Marks = Readonly<Record<string, string>>;

/** Read of each file: enough to tell one image from another, little enough for data sets of millions. */
export const HEAD_BYTES = 4096;

/** Bytes of a mark, and those of them that are a hash. */
const [MARK_BYTES, HASH_BYTES] = [16, 8] as const;

/** Files open at a time. */
const AT_ONCE = 32;

/**
 * Where fingerprints of large sets are kept in the user's cache, by source and, with their names, by digest;
 * and of how many images the mark is taken anew each time.
 */
const [KIND, LISTS, TAKEN_ANEW] = ["fingerprints", "image-lists", 1000] as const;

/** Lists that are kept: those that were used last. */
const MOST_LISTS = 8;

/** From so many images on a fingerprint is kept, and training does not wait for it. */
export const LARGE_SET = 10_000;

/** What is kept of a source: which names it had, and the digest by which their marks are found. */
interface KeptFingerprint {
  /** Digest of the images' names, in their order. */
  readonly names: string;
  readonly digest: string;
}

/** How many images a list names. */
const listSize = whole(1);

const fingerprintShape: Shape<KeptFingerprint> = object({ names: text, digest: text });

/**
 * Takes the fingerprint of a set of images. Copies have the same one, whenever they were made and wherever
 * they lie; so have a folder and shards that were packed from it.
 *
 * A change that leaves a file's length and its first 4096 bytes as they were goes unseen. The fingerprint of
 * a large set is kept in the user's cache, and taken anew where other files are in the set or one of a
 * thousand, drawn at random each time, is another: of files that were overwritten in place, a few among a
 * million may so go unseen as well.
 *
 * @param options.keepFrom images from which on it is kept.
 * @param options.signal ends it, with the signal's reason.
 * @throws {TsslError} INVALID_DATA naming a shard that cannot be read.
 */
export async function fingerprintOf(
  { root, names, files }: Pick<ImageSet, "root" | "names" | "files">,
  {
    keepFrom = LARGE_SET,
    signal,
  }: { readonly keepFrom?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Fingerprint> {
  const taken = async (): Promise<Fingerprint> => {
    const bytes = await takeMarks(files, signal);
    return { names, bytes, digest: digestOfMarks(names, bytes) };
  };
  if (files.length < keepFrom) return taken();

  const named = sha256(names.join("\n"));
  const kept = await keptWithBytes(KIND, root, fingerprintShape);
  if (kept?.content.names === named) {
    const list = await keptWithBytes(LISTS, kept.content.digest, listSize);
    const bytes = list?.bytes.subarray(0, files.length * MARK_BYTES);
    const isWhole = list?.content === files.length && bytes?.length === files.length * MARK_BYTES;
    if (isWhole && (await stillHolds(files, bytes))) {
      await markUsed(LISTS, kept.content.digest);
      return { names, bytes: new Uint8Array(bytes), digest: kept.content.digest };
    }
  }
  const anew = await taken();
  await keepList(anew);
  await keepWithBytes<KeptFingerprint>(KIND, root, { names: named, digest: anew.digest }, Buffer.alloc(0));
  return anew;
}

/** Whether marks that are drawn at random are still those of their files. */
async function stillHolds(files: readonly ImageFile[], bytes: Uint8Array): Promise<boolean> {
  const places = Array.from({ length: TAKEN_ANEW }, () => Math.floor(Math.random() * files.length));
  const anew = await takeMarks(places.map((place) => files[place]!));
  return places.every((place, i) => Buffer.compare(markAt(bytes, place), markAt(anew, i)) === 0);
}

const markAt = (bytes: Uint8Array, place: number): Uint8Array =>
  bytes.subarray(place * MARK_BYTES, (place + 1) * MARK_BYTES);

/** Between names; no name holds it. */
const END = "\0";

/**
 * Keeps a fingerprint with its names in the user's cache, by its digest: once, whatever the number of runs
 * and places that have these images.
 */
export async function keepList({ names, bytes, digest }: Fingerprint): Promise<void> {
  await keepWithBytes<number>(
    LISTS,
    digest,
    names.length,
    Buffer.concat([bytes, Buffer.from(names.join(END))]),
  );
  await keepNewest(LISTS, MOST_LISTS);
}

/** The marks of the images that had this digest; undefined where they are kept no longer. */
export async function keptMarks(digest: string): Promise<Marks | undefined> {
  const list = await keptWithBytes(LISTS, digest, listSize);
  if (list === undefined) return undefined;
  const end = list.content * MARK_BYTES;
  const names = list.bytes.toString("utf8", end).split(END);
  return names.length === list.content ? marksOf({ names, bytes: list.bytes.subarray(0, end) }) : undefined;
}

/** The marks of a fingerprint by name. */
export const marksOf = ({ names, bytes }: Pick<Fingerprint, "names" | "bytes">): Marks =>
  Object.fromEntries(names.map((name, i) => [name, markText(bytes, i)]));

/** A fingerprint from its marks. */
export function fingerprintFrom(marks: Marks): Fingerprint {
  const names = Object.keys(marks);
  const bytes = new Uint8Array(names.length * MARK_BYTES);
  for (const [i, name] of names.entries()) {
    const [size, hash] = marks[name]!.split(":") as [string, string];
    writeMark(bytes, i, size === UNREADABLE ? -1 : Number(size), Buffer.from(hash ?? "", "hex"));
  }
  return { names, bytes, digest: digestOf(marks) };
}

/** The mark of a file that the system does not let us read. */
export const UNREADABLE = "unreadable";

/** The mark of an image by its place in the set: "4711:0123456789abcdef". */
export function markText(bytes: Uint8Array, place: number): string {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset + place * MARK_BYTES, MARK_BYTES);
  const size = at.readDoubleLE();
  return size < 0 ? UNREADABLE : `${size}:${at.toString("hex", MARK_BYTES - HASH_BYTES)}`;
}

function writeMark(bytes: Uint8Array, place: number, size: number, hash: Uint8Array): void {
  Buffer.from(bytes.buffer, bytes.byteOffset).writeDoubleLE(size, place * MARK_BYTES);
  bytes.set(hash.subarray(0, HASH_BYTES), (place + 1) * MARK_BYTES - HASH_BYTES);
}

/** The marks of these files, one after another. */
async function takeMarks(files: readonly ImageFile[], signal?: AbortSignal): Promise<Uint8Array> {
  const bytes = new Uint8Array(files.length * MARK_BYTES);
  let next = 0;
  const worker = async (): Promise<void> => {
    const buffer = Buffer.alloc(HEAD_BYTES);
    while (next < files.length) {
      signal?.throwIfAborted();
      const place = next++;
      const { size, head } = await beginningOf(files[place]!, buffer);
      writeMark(bytes, place, size, size < 0 ? head : hashOf(head));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return bytes;
}

/** A file that the system does not let us read is left to the decoder, which names it. */
async function beginningOf(file: ImageFile, buffer: Buffer): Promise<{ size: number; head: Uint8Array }> {
  if (typeof file !== "string") {
    const head = await readFilePart(file, HEAD_BYTES).catch((error: unknown) => {
      throw unreadableImage(file, error);
    });
    return { size: file.size, head };
  }
  const handle = await open(file, "r").catch(() => undefined);
  if (handle === undefined) return { size: -1, head: new Uint8Array() };
  try {
    const { size } = await handle.stat();
    const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
    return { size, head: buffer.subarray(0, bytesRead) };
  } catch {
    return { size: -1, head: new Uint8Array() };
  } finally {
    await handle.close();
  }
}

/** The mark of a file of this size that begins so. */
export const markOfHead = (size: number, head: Uint8Array): string =>
  `${size}:${Buffer.from(hashOf(head.subarray(0, HEAD_BYTES))).toString("hex", 0, HASH_BYTES)}`;

/** One digest of all marks. */
export const digestOf = (marks: Marks): string => sha256(JSON.stringify(marks));

/** Names whose JSON is hashed at a time. */
const HASHED = 10_000;

/**
 * The digest of `digestOf` without the object and its JSON, which would be a hundred bytes for each image.
 */
function digestOfMarks(names: readonly string[], bytes: Uint8Array): string {
  const hash = createHash("sha256").update("{");
  for (let start = 0; start < names.length; start += HASHED) {
    const some = names
      .slice(start, start + HASHED)
      .map((name, i) => `${JSON.stringify(name)}:"${markText(bytes, start + i)}"`);
    hash.update(`${start === 0 ? "" : ","}${some.join(",")}`);
  }
  return hash.update("}").digest("hex");
}

const hashOf = (content: Uint8Array): Uint8Array => createHash("sha256").update(content).digest();

const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");

/** Examples shown of each kind of change. */
const EXAMPLES = 3;

/**
 * "2 files added (cat/a.jpg, cat/b.jpg), 1 removed (dog/x.jpg), 1 changed (dog/y.jpg)"; undefined where
 * nothing has changed.
 */
export function describeImageChanges(before: Marks, after: Marks): string | undefined {
  const kinds = {
    added: Object.keys(after).filter((file) => !(file in before)),
    removed: Object.keys(before).filter((file) => !(file in after)),
    changed: Object.keys(after).filter((file) => file in before && before[file] !== after[file]),
  };
  const found = Object.entries(kinds).filter(([, files]) => files.length > 0);
  if (found.length === 0) return undefined;
  return found
    .map(([kind, files], i) => {
      const noun = i > 0 ? "" : files.length === 1 ? " file" : " files";
      const more = files.length > EXAMPLES ? ", …" : "";
      return (
        `${files.length.toLocaleString("en-US")}${noun} ${kind} ` +
        `(${files.slice(0, EXAMPLES).join(", ")}${more})`
      );
    })
    .join(", ");
}
