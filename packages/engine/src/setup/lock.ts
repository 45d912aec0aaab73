import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { EngineError, systemCode } from "../errors.ts";

/** A living owner touches its lock this often; a lock left alone for three times as long is dead. */
const HEARTBEAT_MS = 10_000;
const STALE_MS = 3 * HEARTBEAT_MS;

interface LockOptions {
  readonly onWait: () => void;
  readonly waitMs?: number;
}

/** Runs `work` while no other process runs the same under `folder`; waits for its turn. */
export async function withLock<T>(
  folder: string,
  work: () => Promise<T>,
  { onWait, waitMs = 30 * 60_000 }: LockOptions,
): Promise<T> {
  const giveUpAt = Date.now() + waitMs;
  for (let waited = false; !take(folder); waited = true) {
    if (!waited) onWait();
    if (Date.now() > giveUpAt) {
      throw new EngineError(
        "SETUP_RUNNING",
        `Another set-up has held ${folder} for more than ${Math.round(waitMs / 60_000)} minutes: wait for it, or stop it and delete that folder.`,
      );
    }
    await sleep(250);
  }
  const heartbeat = setInterval(() => touch(folder), HEARTBEAT_MS);
  const release = (): void => fs.rmSync(folder, { recursive: true, force: true });
  process.once("exit", release); // so that a set-up ended by Ctrl-C leaves no lock behind
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
