import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import { fileTooLong, folderForFile, noRegularFile } from "../messages.ts";

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
 * Reads a whole file.
 *
 * @param most bytes that it may have.
 * @throws what the system says, such as ENOENT, or a reason.
 */
export async function readRegularFile(file: string, most: number): Promise<Buffer> {
  const handle = await openRegularFile(file);
  try {
    const { size } = await handle.stat();
    if (size > most) throw fileTooLong(size, most);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
