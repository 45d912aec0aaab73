import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { makeFolders } from "../make-folders.ts";
import { cacheNotWritable, diskTooSmall } from "../messages/folders.ts";

/** The cache folder of this project: TSSL_CACHE, or a folder in the user's caches. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["TSSL_CACHE"]) return path.resolve(env["TSSL_CACHE"]);
  if (env["XDG_CACHE_HOME"]) return path.join(env["XDG_CACHE_HOME"], "tssl");
  return process.platform === "darwin"
    ? path.join(os.homedir(), "Library", "Caches", "tssl")
    : path.join(os.homedir(), ".cache", "tssl");
}

/** Creates a folder in the cache. @throws {EngineError} FOLDER_NOT_WRITABLE */
export function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw cacheNotWritable(folder, error);
  }
}

/**
 * Checks that a disk has room.
 *
 * @param neededBytes most bytes that the next step writes into `folder`.
 * @throws {EngineError} DISK_FULL
 */
export function requireFreeSpace(folder: string, neededBytes: number): void {
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = bavail * bsize;
  if (free < neededBytes) throw diskTooSmall(folder, neededBytes, free);
}
