import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

import { type ImageFile, readFilePart } from "@tssl/augment-zoo";

import type { ImageSet } from "./image-set.ts";
import { unreadableImage } from "./unreadable-image.ts";

/** What each image of a set is: its size in bytes and a hash of how it begins, by its name in the set. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Read of each file: enough to tell one image from another, little enough for data sets of millions. */
const HEAD_BYTES = 4096;

/** Files open at a time. */
const AT_ONCE = 32;

/**
 * Takes the fingerprint of a set of images. Copies have the same one, whenever they were made and wherever they lie; so have a folder
 * and shards that were packed from it.
 *
 * A change that leaves a file's length and its first 4096 bytes as they were goes unseen.
 *
 * @throws {TsslError} INVALID_DATA naming the file that cannot be read.
 */
export async function fingerprintOf({
  names,
  files,
}: Pick<ImageSet, "names" | "files">): Promise<Fingerprint> {
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
  return Object.fromEntries(names.map((name, i) => [name, marks[i]!]));
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

const mark = (size: number, head: Uint8Array): string => `${size}:${sha256(head).slice(0, 16)}`;

/** One digest of a whole fingerprint. */
export const digestOf = (fingerprint: Fingerprint): string => sha256(JSON.stringify(fingerprint));

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** Examples shown of each kind of change. */
const EXAMPLES = 3;

/** "2 files added (cat/a.jpg, cat/b.jpg), 1 removed (dog/x.jpg), 1 changed (dog/y.jpg)"; undefined where nothing has changed. */
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
