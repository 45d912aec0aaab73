import { close, open, read } from "node:fs";
import { promisify } from "node:util";

import { ImageError } from "./errors.ts";
import { EndsEarly, isAddress, readRange } from "./http-range.ts";

/** A part of a larger file that is an image file itself, such as a member of a tar archive. */
export interface FilePart {
  /** The larger file; or its address, https://…, on a server that gives ranges. */
  readonly path: string;
  /** What the part is called in it. */
  readonly name: string;
  /** Where its first byte is, counted from 0. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** An image file: its path, or where it lies in a larger file. */
export type ImageFile = string | FilePart;

/** What messages call an image file: its path, or "shards/train-000.tar:cat/0001.jpg". */
export const imageFileName = (file: ImageFile): string =>
  typeof file === "string" ? file : `${file.path}:${file.name}`;

/** Larger files that a thread keeps open; of more than these, each read opens and closes its own. */
const MOST_OPEN = 1000;

/** Descriptors of this thread. Node closes them when the thread ends. */
const opened = new Map<string, Promise<number>>();

const [openFile, readFile, closeFile] = [promisify(open), promisify(read), promisify(close)];

/**
 * Reads a part of a file, or its first `most` bytes, with one positioned read. The file stays open for the next one.
 *
 * @throws ImageError if the file cannot be read or ends within the part; LoaderError if a server does not give it.
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
    throw new ImageError(imageFileName(part), reason, "Check the path and its permissions.", {
      cause: error,
    });
  }
  if (found < bytes.length) {
    throw new ImageError(
      imageFileName(part),
      `cut short: ${size} bytes from byte ${offset} on, of which ${found} are there`,
      `Fetch ${path} again.`,
    );
  }
  return bytes;
}

async function readRemotePart(part: FilePart, bytes: number): Promise<Uint8Array> {
  try {
    return await readRange(part.path, part.offset, bytes);
  } catch (error) {
    if (!(error instanceof EndsEarly)) throw error; // no fault of the image's: nothing stands in for it
    const found = `cut short: ${part.size} bytes from byte ${part.offset} on are not there`;
    throw new ImageError(imageFileName(part), found, `Put ${part.path} there anew.`, { cause: error });
  }
}

function keptOpen(path: string): Promise<number> {
  const known = opened.get(path);
  if (known !== undefined) return known;
  const descriptor = openFile(path, "r");
  opened.set(path, descriptor);
  descriptor.catch(() => opened.delete(path)); // it may be there next time
  return descriptor;
}
