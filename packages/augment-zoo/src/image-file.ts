import { close, open, read } from "node:fs";
import { promisify } from "node:util";

import { isAddress, withoutSecrets } from "./address.ts";
import { EndsEarly } from "./errors.ts";
import { readRange } from "./http-range.ts";
import { truncatedPart, unreadableFile } from "./messages/images.ts";

/** An image file within a larger file, such as a member of a tar archive. */
export interface FilePart {
  /** Path of the larger file, or its address, https://…, on a server that supports ranges. */
  readonly path: string;
  /** Name of the part in the larger file. */
  readonly name: string;
  /** Position of the first byte, from 0. */
  readonly offset: number;
  /** Length in bytes. */
  readonly size: number;
}

/** An image file: its path, or its place in a larger file. */
export type ImageFile = string | FilePart;

/**
 * The name of an image file in messages: its path, or "shards/train-000.tar:cat/0001.jpg". An address stands
 * in it without its secrets.
 */
export const imageFileName = (file: ImageFile): string =>
  typeof file === "string" ? file : `${withoutSecrets(file.path)}:${file.name}`;

/** Number of larger files that a thread keeps open; other files are opened and closed at each read. */
const MOST_OPEN = 1000;

/** Descriptors of this thread. Node closes them when the thread ends. */
const opened = new Map<string, Promise<number>>();

const [openFile, readFile, closeFile] = [promisify(open), promisify(read), promisify(close)];

/**
 * Reads a part of a file, or its first `most` bytes, with one positioned read. The file stays open for the
 * next read.
 *
 * @throws {ImageError} if the file cannot be read or ends within the part. @throws {LoaderError} if a server
 * does not deliver it.
 */
export async function readFilePart(part: FilePart, most = part.size): Promise<Uint8Array> {
  const { path, offset, size } = part;
  if (isAddress(path)) return readRemotePart(part, Math.min(size, most));
  const bytes = new Uint8Array(Math.min(size, most));
  const keep = opened.has(path) || opened.size < MOST_OPEN;
  let found: number;
  try {
    const descriptor = await (keep ? keptOpen(path) : openFile(path, "r"));
    try {
      found = (await readFile(descriptor, bytes, 0, bytes.length, offset)).bytesRead;
    } finally {
      if (!keep) await closeFile(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? `${path} does not exist` : message;
    throw unreadableFile(imageFileName(part), reason, error);
  }
  if (found < bytes.length) throw truncatedPart(imageFileName(part), part, found);
  return bytes;
}

async function readRemotePart(part: FilePart, bytes: number): Promise<Uint8Array> {
  try {
    return await readRange(part.path, part.offset, bytes);
  } catch (error) {
    // Other failures of the server are no fault of the image, which is then not replaced by another one.
    if (!(error instanceof EndsEarly)) throw error;
    throw truncatedPart(imageFileName(part), part, undefined, error);
  }
}

function keptOpen(path: string): Promise<number> {
  const known = opened.get(path);
  if (known !== undefined) return known;
  const descriptor = openFile(path, "r");
  opened.set(path, descriptor);
  descriptor.catch(() => opened.delete(path)); // the next read may succeed
  return descriptor;
}
