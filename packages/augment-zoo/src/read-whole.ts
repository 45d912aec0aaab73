import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import type { ImageError } from "./errors.ts";
import { fileTooLarge, unreadableFile } from "./messages/images.ts";

/** Largest file that is read, in bytes: an image of the largest size, stored as it is. */
export const LARGEST_FILE = 2 ** 29;

/**
 * Opens an image file. A pipe or a device in its place is neither waited for nor read.
 *
 * @throws {ImageError} if it cannot be opened, or is no file.
 */
export async function openFile(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const found = await handle.stat();
  if (found.isFile()) return { handle, size: found.size };
  await handle.close();
  throw unreadableFile(file, found.isDirectory() ? "this is a folder" : "this is a pipe or a device");
}

/** Reads an image file. @throws {ImageError} if it cannot be read, or has more than half a GiB. */
export async function readWhole(file: string): Promise<Uint8Array> {
  const { handle, size } = await openFile(file);
  try {
    if (size > LARGEST_FILE) throw fileTooLarge(file, size, LARGEST_FILE);
    return await readSize(handle, size).catch((error: unknown) => {
      throw unreadable(file, error);
    });
  } finally {
    await handle.close();
  }
}

/** No more than the file said that it has: some of /proc have no end. */
async function readSize(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

function unreadable(file: string, error: unknown): ImageError {
  const { code, message } = error as NodeJS.ErrnoException;
  return unreadableFile(file, code === "ENOENT" ? "no such file" : message, error);
}
