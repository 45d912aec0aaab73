import { mkdir } from "node:fs/promises";
import path from "node:path";

import { type FileLock, takeFileLock } from "@tssl/engine";

import { TsslError } from "../errors.ts";
import { folderInUse, folderNotWritten } from "../messages/run-folder.ts";

/**
 * Keeps two processes from writing to one run. Left behind by a process that was killed, it is taken over.
 */
export interface RunLock {
  /**
   * Takes the run for this process, unless it has it.
   *
   * @param options.create whether the folder is made where there is none.
   * @throws {TsslError} RUN_FOLDER while another process has it, or if it cannot be written.
   */
  take(options?: { readonly create?: boolean }): Promise<void>;
  /** Gives it back, if it was taken. */
  release(): Promise<void>;
}

export const RUN_LOCK = "run.lock";

/** The lock of a run folder, a file that names the process. */
export function createRunLock(folder: string): RunLock {
  const file = path.join(path.resolve(folder), RUN_LOCK);
  let taken: FileLock | undefined;
  return {
    async take({ create = false } = {}) {
      if (taken !== undefined) return;
      try {
        if (create) await mkdir(path.dirname(file), { recursive: true });
        const attempt = await takeFileLock(file);
        if (attempt.lock === undefined) throw folderInUse(folder, attempt, file);
        taken = attempt.lock;
      } catch (error) {
        throw error instanceof TsslError ? error : folderNotWritten(folder, error);
      }
    },
    release() {
      taken?.release();
      taken = undefined;
      return Promise.resolve();
    },
  };
}
