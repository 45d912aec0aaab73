import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { refusedWith } from "../testing/refusal.ts";
import { createRunLock } from "./run-lock.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-lock-"));
  file = path.join(folder, "run.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("is had by one at a time, who is named", async () => {
  const lock = createRunLock(folder);
  await lock.take();
  await lock.take();
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
  const other = createRunLock(folder);
  expect(await refusedWith(() => other.take())).toEqual({
    code: "RUN_FOLDER",
    data: { folder, pid: process.pid, lock: file },
  });
  await other.release(); // had none to give back
  expect(existsSync(file)).toBe(true);
  await lock.release();
  expect(existsSync(file)).toBe(false);
  await other.take();
});

it("is taken over from a process that was killed", async () => {
  writeFileSync(file, JSON.stringify({ pid: 1, host: hostname(), started: "1" }));
  await createRunLock(folder).take();
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid });
});

it("of another machine stands until it is deleted", async () => {
  writeFileSync(file, JSON.stringify({ pid: 1, host: "elsewhere" }));
  expect(await refusedWith(() => createRunLock(folder).take())).toEqual({
    code: "RUN_FOLDER",
    data: { folder, pid: 1, host: "elsewhere", lock: file },
  });
});

it("needs a folder that can be written", async () => {
  const nowhere = path.join(folder, "nowhere");
  expect(await refusedWith(() => createRunLock(nowhere).take())).toMatchObject({
    code: "RUN_FOLDER",
    data: { folder: nowhere },
  });
  await createRunLock(nowhere).take({ create: true });
});
