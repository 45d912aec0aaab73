import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

import { type ImageFile, readFilePart } from "@tssl/augment-zoo";

import { HEAD_BYTES } from "./fingerprint.ts";

/**
 * Keys of contents: two files have one key if and only if they have the same bytes. Whole contents are read
 * only where size and beginning of two files agree.
 *
 * @param files by their place.
 * @param marks size and hash of the beginning of each file: "4711:0123456789abcdef"; undefined for a file
 * that cannot be read, which equals no other.
 */
export async function contentKeys(
  files: readonly ImageFile[],
  marks: readonly (string | undefined)[],
): Promise<readonly string[]> {
  const counts = new Map<string | undefined, number>();
  for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const keys: string[] = [];
  for (const [i, mark] of marks.entries()) {
    const isAlike = mark !== undefined && counts.get(mark)! > 1;
    const isWhole = Number(mark?.split(":", 1)[0]) <= HEAD_BYTES;
    const hash = isAlike && !isWhole ? await contentHash(files[i]!).catch(() => `unreadable ${i}`) : "";
    keys.push(mark === undefined ? `unreadable ${i}` : `${mark} ${hash}`);
  }
  return keys;
}

/** SHA-256 of all bytes of a file, in hexadecimal. */
export async function contentHash(file: ImageFile): Promise<string> {
  const hash = createHash("sha256");
  if (typeof file !== "string") return hash.update(await readFilePart(file)).digest("hex");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
