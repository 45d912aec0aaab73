import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { takeFileLock } from "../file-lock.ts";
import { withLock } from "./lock.ts";

let base: string;
let lock: string;
beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-lock-"));
  lock = path.join(base, "lock");
});
afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const quietly = { onWait: () => undefined };

describe("withLock", () => {
  it("lets one set-up run at a time, and the other one after it", async () => {
    const events: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push(`${name} ends`);
    };
    await Promise.all([
      withLock(lock, work("a"), quietly),
      withLock(lock, work("b"), { onWait: () => events.push("b waits") }),
    ]);
    expect(events).toEqual(["a begins", "b waits", "a ends", "b begins", "b ends"]);
    expect(fs.existsSync(lock)).toBe(false);
  });

  it("opens again when the work fails", async () => {
    const failure = new Error("no disk");
    await expect(withLock(lock, () => Promise.reject(failure), quietly)).rejects.toBe(failure);
    expect(fs.existsSync(lock)).toBe(false);
  });

  it("gives up at last, with one line", async () => {
    await takeFileLock(lock);
    const refused = withLock(lock, () => Promise.resolve(), { ...quietly, waitMs: 1 });
    await expect(refused).rejects.toMatchObject({
      code: "SETUP_RUNNING",
      data: { lock, pid: process.pid },
    });
  });
});
