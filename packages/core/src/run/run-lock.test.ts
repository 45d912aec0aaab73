import { spawnSync } from "node:child_process";
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

it.each([
  [
    "a process that is gone",
    () => JSON.stringify({ pid: spawnSync("true").pid, host: hostname(), started: "1" }),
  ],
  ["an earlier process of a number that is in use again", () => JSON.stringify({ pid: process.pid, host: hostname(), started: "1" })], // prettier-ignore
  ["a process that was killed before it had said who it is", () => ""],
])("is taken over from %s", async (_who, content) => {
  writeFileSync(file, content());
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
