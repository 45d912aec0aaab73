import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { EngineError, systemCode } from "../errors.ts";

/** The user's cache folder of this project: TSSL_CACHE, else where the platform keeps caches. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["TSSL_CACHE"]) return path.resolve(env["TSSL_CACHE"]);
  if (env["XDG_CACHE_HOME"]) return path.join(env["XDG_CACHE_HOME"], "tssl");
  return process.platform === "darwin"
    ? path.join(os.homedir(), "Library", "Caches", "tssl")
    : path.join(os.homedir(), ".cache", "tssl");
}

/** Creates a folder of the cache, or says which folder cannot be written and what to do. */
export function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw new EngineError(
      "FOLDER_NOT_WRITABLE",
      `The cache folder ${folder} must be writable, but it is not (${systemCode(error) ?? "unknown reason"}): ` +
        `make it so, or set TSSL_CACHE to a folder that is.`,
      { cause: error },
    );
  }
}

/** @param neededBytes what the next step writes into `folder`, at most. */
export function requireFreeSpace(folder: string, neededBytes: number): void {
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = bavail * bsize;
  if (free >= neededBytes) return;
  throw new EngineError(
    "DISK_FULL",
    `${megabytes(neededBytes)} of free disk are needed in ${folder}, but only ${megabytes(free)} are free: ` +
      `free some, or set TSSL_CACHE to a folder on another disk.`,
  );
}

export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
