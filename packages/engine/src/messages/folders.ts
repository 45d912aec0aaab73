// The sentences of errors CACHE_OPEN, DISK_FULL, FOLDER_NOT_WRITABLE and SETUP_RUNNING: on the folders that
// the set-up fills.

import type { WhyChangeable } from "../changeable-by-others.ts";
import { EngineError, systemCode } from "../errors.ts";
import type { HeldLock } from "../file-lock.ts";
import { megabytes } from "./amounts.ts";

// CACHE_OPEN

export const cacheOpen = (found: WhyChangeable): EngineError => {
  const code = "and code in it runs in this process.";
  if ("owner" in found) {
    return new EngineError(
      "CACHE_OPEN",
      `${found.path} belongs to another user (number ${found.owner}), ${code}`,
      {
        remedy: "Set TSSL_CACHE to a folder of your own, and run the set-up again.",
        data: found,
      },
    );
  }
  const { path, mode } = found;
  const problem = `${path} can be changed by other users of this machine (mode ${mode}), ${code}`;
  return new EngineError("CACHE_OPEN", problem, {
    remedy: 'Run "npx tssl-engine-setup", which closes it, or set TSSL_CACHE to another folder.',
    data: found,
  });
};

// DISK_FULL

const OTHER_DISK = "Free some, or set TSSL_CACHE to a folder on another disk.";

export const diskFilledUp = (file: string): EngineError =>
  new EngineError("DISK_FULL", `The disk filled up while ${file} was downloaded.`, {
    remedy: OTHER_DISK,
    data: { file },
  });

export const diskTooSmall = (folder: string, needed: number, free: number): EngineError =>
  new EngineError(
    "DISK_FULL",
    `${megabytes(needed)} of free disk space are needed in ${folder}, but only ${megabytes(free)} are free.`,
    { remedy: OTHER_DISK, data: { folder, needed, free } },
  );

// FOLDER_NOT_WRITABLE

/** @param folder where the npm packages lie. */
export const packagesNotWritable = (folder: string, cause: unknown): EngineError =>
  new EngineError(
    "FOLDER_NOT_WRITABLE",
    `${folder} must be writable, but it is not (${systemCode(cause) ?? "unknown reason"}).`,
    {
      remedy: "Make it writable, or install the npm packages as the user who runs the set-up.",
      data: { folder },
      cause,
    },
  );

export const cacheNotWritable = (folder: string, cause: unknown): EngineError => {
  const reason = systemCode(cause) ?? "unknown reason";
  return new EngineError("FOLDER_NOT_WRITABLE", `The cache folder ${folder} is not writable (${reason}).`, {
    remedy: "Make it writable, or set TSSL_CACHE to a folder that is.",
    cause,
    data: { folder, reason },
  });
};

// SETUP_RUNNING

export function setupRunning(lock: string, minutes: number, { owner, isUnseen }: HeldLock): EngineError {
  const machine = owner?.host === undefined ? "" : ` on ${owner.host}`;
  const who = owner === undefined ? "" : ` (process ${owner.pid}${machine})`;
  return new EngineError(
    "SETUP_RUNNING",
    `Another set-up${who} has held ${lock} for more than ${minutes} minutes.`,
    {
      remedy: `Wait for it, or stop it${isUnseen ? "; if it no longer runs, delete that file" : ""}.`,
      data: { lock, minutes, ...owner },
    },
  );
}
