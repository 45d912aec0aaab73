import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { systemCode } from "../errors.ts";
import * as messages from "../messages.ts";

/** Time between two updates of a held lock; a lock without updates for three times as long is abandoned. */
const HEARTBEAT_MS = 10_000;
const STALE_MS = 3 * HEARTBEAT_MS;

interface LockOptions {
  readonly onWait: () => void;
  readonly waitMs?: number;
}

/** Runs `work` while this process holds the lock `folder`; waits until the lock is free. */
export async function withLock<T>(
  folder: string,
  work: () => Promise<T>,
  { onWait, waitMs = 30 * 60_000 }: LockOptions,
): Promise<T> {
  const giveUpAt = Date.now() + waitMs;
  for (let waited = false; !take(folder); waited = true) {
    if (!waited) onWait();
    if (Date.now() > giveUpAt) {
      throw messages.setupRunning(folder, Math.round(waitMs / 60_000));
    }
    await sleep(250);
  }
  const heartbeat = setInterval(() => touch(folder), HEARTBEAT_MS);
  const release = (): void => fs.rmSync(folder, { recursive: true, force: true });
  process.once("exit", release); // also on Ctrl-C
  try {
    return await work();
  } finally {
    process.off("exit", release);
    clearInterval(heartbeat);
    release();
  }
}

function take(folder: string): boolean {
  try {
    fs.mkdirSync(folder);
    return true;
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  const age = Date.now() - (fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > STALE_MS) fs.rmSync(folder, { recursive: true, force: true });
  return false;
}

function touch(folder: string): void {
  const now = new Date();
  fs.utimesSync(folder, now, now);
}
