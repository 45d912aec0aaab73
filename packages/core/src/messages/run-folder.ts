// The sentences of errors RUN_FOLDER.

import type { HeldLock } from "@tssl/engine";

import { messageOf, TsslError } from "../errors.ts";
import { counted } from "../text/numbers.ts";

/** @param lock the file that keeps others out. */
export function folderInUse(folder: string, { owner, isUnseen }: HeldLock, lock: string): TsslError {
  const unseen = isUnseen ? `; if it no longer runs, delete ${lock}` : "";
  return new TsslError(
    "RUN_FOLDER",
    `${folder} is in use by ${holderOf(owner)}. Wait for it, or stop it${unseen}.`,
    { data: { folder, ...owner, lock } },
  );
}

function holderOf(owner: HeldLock["owner"]): string {
  if (owner === undefined) return "another process";
  return `process ${owner.pid}${owner.host === undefined ? "" : ` on ${owner.host}`}`;
}

/** @param lock the file that keeps others out. */
export function fineTuningInUse(run: string, { owner, isUnseen }: HeldLock, lock: string): TsslError {
  const unseen = isUnseen ? `; if it no longer runs, delete ${lock}` : "";
  return new TsslError(
    "RUN_FOLDER",
    `The same fine-tuning of ${run} is being done by ${holderOf(owner)}. Wait for it, or stop it${unseen}.`,
    { data: { run, ...owner, lock } },
  );
}

export const folderNotWritten = (folder: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("RUN_FOLDER", `${folder} cannot be written: ${reason}.`, {
    cause,
    data: { folder, reason },
  });
};

/** @param option that names the folder: "--out"; absent where an argument does. */
export const folderNotEmpty = (folder: string, entries: number, option?: string): TsslError =>
  new TsslError(
    "RUN_FOLDER",
    `${folder} must be a new or empty folder, and it holds ${counted(entries, "entry", "entries")}. ` +
      `Choose another${option === undefined ? "" : ` with ${option}`}.`,
    { data: { folder, entries } },
  );

/** @param file one that every run has and that is missing; absent where the folder itself is. */
export function notARun(folder: string, file: string | undefined): TsslError {
  const found = file === undefined ? "does not exist" : `has no ${file}, which a run writes when it starts`;
  return new TsslError("RUN_FOLDER", `${folder} ${found}. Name the folder of a run, such as runs/demo.`, {
    data: { folder, ...(file === undefined ? {} : { file }) },
  });
}

export const noFailedStep = (folder: string): TsslError =>
  new TsslError("RUN_FOLDER", `No step of ${folder} has failed. Name the step to replay, as in --step 12.`, {
    data: { folder },
  });

/** A file of a run or a comparison that is there and that the system does not give. */
export const fileUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = (cause as NodeJS.ErrnoException).code === "ENOTDIR" ? NOT_A_FOLDER : `${messageOf(cause)}.`;
  return new TsslError("RUN_FOLDER", `${file} cannot be read: ${reason}`, { cause, data: { file, reason } });
};

/** What a user did who gave a config file where a run is meant. */
const NOT_A_FOLDER =
  "a part of its path is a file, not a folder. Name the folder of a run, such as runs/demo.";
