import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/**
 * Ends the name of a file that is being written; one that is left behind belongs to a process that was
 * killed.
 */
export const UNFINISHED = ".part";

/**
 * Writes a file so that it is there whole or not at all: to a temporary name beside it, flushed to the disk,
 * then renamed. After a crash or a full disk the earlier file still stands.
 */
export async function writeWhole(file: string, content: string | Uint8Array | InPieces): Promise<void> {
  const temporary = `${file}.${process.pid}${UNFINISHED}`;
  try {
    const handle = await open(temporary, "w");
    try {
      if (isInPieces(content)) for await (const piece of content) await handle.writeFile(piece);
      else await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await flushFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

type InPieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const isInPieces = (content: string | Uint8Array | InPieces): content is InPieces =>
  typeof content === "object" &&
  !(content instanceof Uint8Array) &&
  (Symbol.asyncIterator in content || Symbol.iterator in content);

/** Makes the new name last through a power cut, before anything is deleted because of it. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether an error, or what caused it, says that there is no room left on the disk. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === "EDQUOT" || isDiskFull(error.cause);
}
