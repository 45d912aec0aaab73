import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import { fileTooLong, folderForFile, noRegularFile } from "../messages/config.ts";

/**
 * Opens a file for reading. A folder, a pipe or a device is refused at once: opening a pipe would wait for
 * whoever writes to it.
 *
 * @throws what the system says, such as ENOENT, or a reason.
 */
export async function openRegularFile(file: string): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw found.isDirectory() ? folderForFile() : noRegularFile();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Reads a whole file. One of /proc says that it is empty, and is taken at its word: some of them have no end.
 *
 * @param most bytes that it may have.
 * @throws what the system says, such as ENOENT, or a reason.
 */
export async function readRegularFile(file: string, most: number): Promise<Buffer> {
  const handle = await openRegularFile(file);
  try {
    const { size } = await handle.stat();
    if (size > most) throw fileTooLong(size, most);
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, await readInto(bytes, handle, 0));
  } finally {
    await handle.close();
  }
}

/** Bytes asked for at a time: the system gives no more than 2 GiB. */
const READ_BYTES = 2 ** 30;

/** Fills an array from a place in a file on. @returns how many bytes there were. */
export async function readInto(target: Uint8Array, handle: FileHandle, from: number): Promise<number> {
  let length = 0;
  while (length < target.length) {
    const asked = Math.min(READ_BYTES, target.length - length);
    const { bytesRead } = await handle.read(target, length, asked, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}
