import { setTimeout as sleep } from "node:timers/promises";

import { takeFileLock } from "../file-lock.ts";
import { setupRunning } from "../messages/folders.ts";

interface LockOptions {
  readonly onWait: () => void;
  readonly waitMs?: number;
}

/**
 * Runs `work` while this process holds the lock `file`; waits until the lock is free.
 *
 * @throws {EngineError} SETUP_RUNNING where that takes longer than `waitMs`.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { onWait, waitMs = 30 * 60_000 }: LockOptions,
): Promise<T> {
  const giveUpAt = Date.now() + waitMs;
  for (let waited = false; ; waited = true) {
    const attempt = await takeFileLock(file);
    if (attempt.lock !== undefined) return work().finally(() => attempt.lock.release());
    if (!waited) onWait();
    if (Date.now() > giveUpAt) {
      throw setupRunning(file, Math.round(waitMs / 60_000), attempt);
    }
    await sleep(250);
  }
}
