import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

import { type ImageFile, readFilePart } from "@tssl/augment-zoo";

import type { ImageSet } from "./image-set.ts";
import { keepInCache, keptInCache } from "../files/kept-in-cache.ts";
import { unreadableImage } from "./unreadable-image.ts";

/** What each image of a set is: its size in bytes and a hash of how it begins, by its name in the set. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Read of each file: enough to tell one image from another, little enough for data sets of millions. */
export const HEAD_BYTES = 4096;

/** Files open at a time. */
const AT_ONCE = 32;

/**
 * Where fingerprints of large sets are kept in the user's cache, from how many images on, and of how many the
 * mark is taken anew each time.
 */
const [KIND, KEEP_FROM, TAKEN_ANEW] = ["fingerprints", 10_000, 1000] as const;

interface KeptMarks {
  /** Digest of the images' names, in their order. */
  readonly names: string;
  readonly marks: readonly string[];
}

/**
 * Takes the fingerprint of a set of images. Copies have the same one, whenever they were made and wherever
 * they lie; so have a folder and shards that were packed from it.
 *
 * A change that leaves a file's length and its first 4096 bytes as they were goes unseen. The fingerprint of
 * a large set is kept in the user's cache, and taken anew where other files are in the set or one of a
 * thousand, drawn at random each time, is another: of files that were overwritten in place, a few among a
 * million may so go unseen as well.
 *
 * @param keepFrom images from which on it is kept.
 * @throws {TsslError} INVALID_DATA naming the file that cannot be read.
 */
export async function fingerprintOf(
  { root, names, files }: Pick<ImageSet, "root" | "names" | "files">,
  keepFrom: number = KEEP_FROM,
): Promise<Fingerprint> {
  const fingerprint = (marks: readonly string[]) =>
    Object.fromEntries(names.map((name, i) => [name, marks[i]!]));
  if (files.length < keepFrom) return fingerprint(await marksOf(files));

  const named = sha256(names.join("\n"));
  const kept = await keptInCache<KeptMarks>(KIND, root);
  if (kept?.names === named) {
    const places = Array.from({ length: TAKEN_ANEW }, () => Math.floor(Math.random() * files.length));
    const anew = await marksOf(places.map((place) => files[place]!));
    if (places.every((place, i) => kept.marks[place] === anew[i])) return fingerprint(kept.marks);
  }
  const marks = await marksOf(files);
  await keepInCache<KeptMarks>(KIND, root, { names: named, marks });
  return fingerprint(marks);
}

async function marksOf(files: readonly ImageFile[]): Promise<readonly string[]> {
  const marks = new Array<string>(files.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    const head = Buffer.alloc(HEAD_BYTES);
    while (next < files.length) {
      const place = next++;
      marks[place] = await markOf(files[place]!, head);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return marks;
}

/** "4711:0123456789abcdef" */
async function markOf(file: ImageFile, head: Buffer): Promise<string> {
  try {
    if (typeof file !== "string") return mark(file.size, await readFilePart(file, HEAD_BYTES));
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
      return mark(size, head.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadableImage(file, error);
  }
}

/** The mark of a file of this size that begins so. */
export const markOfHead = (size: number, head: Uint8Array): string =>
  mark(size, head.subarray(0, HEAD_BYTES));

const mark = (size: number, head: Uint8Array): string => `${size}:${sha256(head).slice(0, 16)}`;

/** One digest of a whole fingerprint. */
export const digestOf = (fingerprint: Fingerprint): string => sha256(JSON.stringify(fingerprint));

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** Examples shown of each kind of change. */
const EXAMPLES = 3;

/**
 * "2 files added (cat/a.jpg, cat/b.jpg), 1 removed (dog/x.jpg), 1 changed (dog/y.jpg)"; undefined where
 * nothing has changed.
 */
export function describeImageChanges(before: Fingerprint, after: Fingerprint): string | undefined {
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
      return `${files.length.toLocaleString("en-US")}${noun} ${kind} (${files.slice(0, EXAMPLES).join(", ")}${more})`;
    })
    .join(", ");
}
