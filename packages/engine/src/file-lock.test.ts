import { spawnSync } from "node:child_process";
import { linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { takeFileLock } from "./file-lock.ts";
import { lockTrials, lockTurns } from "./lock-trials.test.data.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-lock-"));
  file = path.join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = (): unknown => JSON.parse(readFileSync(file, "utf8"));

it("is had by one at a time, who is named", async () => {
  const { lock } = await takeFileLock(file);
  expect(written()).toMatchObject({ pid: process.pid, host: hostname() });
  expect(await takeFileLock(file)).toEqual({ owner: { pid: process.pid }, isUnseen: false });
  lock!.release();
  expect((await takeFileLock(file)).lock).toBeDefined();
});

const thisBoot = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

it.each([
  ["a process that is gone", JSON.stringify({ pid: 1, host: hostname() })],
  ["another container of this machine", JSON.stringify({ pid: 1, host: "other", boot: thisBoot() })],
  ["this machine before it was started anew", JSON.stringify({ pid: 1, host: hostname(), boot: "earlier" })],
  ["a process that was killed before it had said who it is", ""],
  ["who knows", "not JSON".repeat(2000)],
])("is taken over from %s", async (_who, content) => {
  writeFileSync(file, content);
  expect((await takeFileLock(file)).lock).toBeDefined();
  expect(written()).toMatchObject({ pid: process.pid });
});

it("of another machine stands until it is deleted", async () => {
  writeFileSync(file, JSON.stringify({ pid: 1, host: "elsewhere", boot: "of elsewhere" }));
  const held = { owner: { pid: 1, host: "elsewhere" }, isUnseen: true };
  expect(await takeFileLock(file)).toEqual(held);
  expect(await takeFileLock(file)).toEqual(held);
  rmSync(file);
  expect((await takeFileLock(file)).lock).toBeDefined();
});

it("whose owner says nothing is held all the same", async () => {
  const { lock } = await takeFileLock(file);
  writeFileSync(file, "");
  expect(await takeFileLock(file)).toEqual({ isUnseen: false });
  lock!.release();
});

it("writes through no link, and waits for no pipe", async () => {
  const target = path.join(folder, "target");
  writeFileSync(target, "dear");
  for (const make of [symlinkSync, linkSync]) {
    make(target, file);
    await expect(takeFileLock(file)).rejects.toThrow();
    rmSync(file);
  }
  expect(readFileSync(target, "utf8")).toBe("dear");
  spawnSync("mkfifo", [file]);
  await expect(takeFileLock(file)).rejects.toThrow(`${file} must be a file with one name`);
});

it("is taken by one of four processes that begin in the same millisecond", async () => {
  expect(await lockTrials(file, 4, 12)).toEqual(Array(12).fill(1));
  expect(await lockTurns(file, 4, 50)).toBe(0);
});
