import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, it, vi } from "vitest";

import { takeFileLock } from "./file-lock.ts";

/** What flock says on some of Lustre: ENOSYS. */
const NOT_IMPLEMENTED = 38;
vi.mock("koffi", () => ({
  default: {
    config: () => ({}),
    load: () => ({ func: () => () => -1 }),
    errno: () => NOT_IMPLEMENTED,
    os: { errno: { EAGAIN: 11 } },
  },
}));

const folder = mkdtempSync(path.join(tmpdir(), "tssl-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("without locks of the file system, who makes the file has the lock until it is deleted", async () => {
  const file = path.join(folder, "lock");
  const { lock } = await takeFileLock(file);
  expect(await takeFileLock(file)).toEqual({ owner: { pid: process.pid }, isUnseen: true });
  lock!.release();
  await takeFileLock(file); // its owner is killed
  expect(await takeFileLock(file)).toEqual({ owner: { pid: process.pid }, isUnseen: true });
  rmSync(file);
  expect((await takeFileLock(file)).lock).toBeDefined();
});
