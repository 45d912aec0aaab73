import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { fileTooLong, folderForFile, noRegularFile } from "../messages/config.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { isMissing } from "./is-missing.ts";
import { readRegularFile } from "./regular-file.ts";

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

it("reads a file up to the bytes that it may have", async () => {
  const file = path.join(folder.path, "a");
  await writeFile(file, "12345");
  expect((await readRegularFile(file, 5)).toString()).toBe("12345");
  await expect(readRegularFile(file, 4)).rejects.toThrow(fileTooLong(5, 4).message);
});

it("refuses folders, pipes and devices at once", async () => {
  const [inner, pipe] = [path.join(folder.path, "inner"), path.join(folder.path, "pipe")];
  await mkdir(inner);
  await expect(readRegularFile(inner, 10)).rejects.toThrow(folderForFile().message);
  execFileSync("mkfifo", [pipe]);
  await expect(readRegularFile(pipe, 10)).rejects.toThrow(noRegularFile().message);
  await expect(readRegularFile("/dev/zero", 10)).rejects.toThrow(noRegularFile().message);
});

it.runIf(process.platform === "linux")(
  "takes a file of /proc that says it is empty at its word",
  async () => {
    expect(await readRegularFile("/proc/self/pagemap", 10)).toHaveLength(0); // it has no end
  },
);

it("tells a file that is not there from one that cannot be read", async () => {
  const failure = (file: string) => readRegularFile(file, 10).catch((error: unknown) => error);
  expect(isMissing(await failure(path.join(folder.path, "none")))).toBe(true);
  expect(isMissing(await failure(folder.path))).toBe(false);
});
