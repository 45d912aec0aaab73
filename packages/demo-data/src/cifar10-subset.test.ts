import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { cacheFolder } from "./cache-folder.ts";
import { cifar10Subset } from "./cifar10-subset.ts";
import { storageError } from "./storage-error.ts";

const CLASSES = [
  ...["airplane", "automobile", "bird", "cat", "deer"],
  ...["dog", "frog", "horse", "ship", "truck"],
];

let cache: string;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "tssl-demo-data-"));
});

beforeEach(() => vi.stubEnv("TSSL_CACHE", cache));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rm(cache, { recursive: true, force: true }));

async function countPerClass(folder: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const label of await readdir(folder)) counts[label] = (await readdir(join(folder, label))).length;
  return counts;
}

const each = (count: number) => Object.fromEntries(CLASSES.map((label) => [label, count]));

/** A JPEG file starts with FF D8 FF and ends with FF D9; a file cut short has lost its end. */
async function isWholeJpeg(file: string): Promise<boolean> {
  const bytes = await readFile(file);
  return bytes.subarray(0, 3).toString("hex") === "ffd8ff" && bytes.subarray(-2).toString("hex") === "ffd9";
}

test("holds 500 training and 100 test images of each class, all of them JPEG", async () => {
  const { train, test } = await cifar10Subset();
  expect(await countPerClass(train)).toEqual(each(500));
  expect(await countPerClass(test)).toEqual(each(100));

  const files = (await readdir(cache, { recursive: true })).filter((name) => name.endsWith(".jpg"));
  expect(files).toHaveLength(6000);
  const broken: string[] = [];
  for (const name of files) if (!(await isWholeJpeg(join(cache, name)))) broken.push(name);
  expect(broken).toEqual([]);
});

test("a second call keeps the files of the first", async () => {
  const first = await cifar10Subset();
  const { ino } = await stat(join(first.train, "cat", "0000.jpg"));
  expect(await cifar10Subset()).toEqual(first);
  expect((await stat(join(first.train, "cat", "0000.jpg"))).ino).toBe(ino);
});

test("repairs an unpacked folder that lost a class, an image and the end of another", async () => {
  const { train, test } = await cifar10Subset();
  await rm(join(train, "frog"), { recursive: true });
  await rm(join(test, "ship", "0007.jpg"));
  await truncate(join(train, "cat", "0001.jpg"), 100);

  await cifar10Subset();
  expect(await countPerClass(train)).toEqual(each(500));
  expect(await countPerClass(test)).toEqual(each(100));
  expect(await isWholeJpeg(join(train, "cat", "0001.jpg"))).toBe(true);
});

test("two at once end in one whole folder and leave nothing else behind", async () => {
  const empty = join(cache, "two-at-once");
  vi.stubEnv("TSSL_CACHE", empty);
  const [one, other] = await Promise.all([cifar10Subset(), cifar10Subset()]);
  expect(one).toEqual(other);
  expect(await countPerClass(one.train)).toEqual(each(500));
  expect(await countPerClass(one.test)).toEqual(each(100));
  expect(await readdir(empty)).toHaveLength(1);
});

test("says in one line that the cache cannot be written to", async () => {
  const file = join(cache, "file");
  await writeFile(file, "");
  vi.stubEnv("TSSL_CACHE", join(file, "inside"));
  await expect(cifar10Subset()).rejects.toThrow(
    /^Cannot unpack the demo images into .*: a part of the path is a file\..*$/,
  );
});

test("says in one line that the disk is full", () => {
  const full = Object.assign(new Error("write"), { code: "ENOSPC" });
  expect((storageError(full, "/cache/images") as Error).message).toBe(
    "Cannot unpack the demo images into /cache/images: the disk is full. " +
      "They need 30 MB; set TSSL_CACHE to a folder with room for them.",
  );
  const other = new Error("unrelated");
  expect(storageError(other, "/cache/images")).toBe(other);
});

test("the cache is TSSL_CACHE, else XDG_CACHE_HOME/tssl, else .cache/tssl at home", () => {
  expect(cacheFolder({ TSSL_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
  expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe(join("/b", "tssl"));
  expect(cacheFolder({})).toMatch(/\.cache[/\\]tssl$/);
});

test("the archives are those that their README describes", async () => {
  const archives = join(dirname(import.meta.dirname), "archives");
  const readme = await readFile(join(archives, "README.md"), "utf8");
  for (const name of ["train.tar.gz", "test.tar.gz"]) {
    const sum = createHash("sha256")
      .update(await readFile(join(archives, name)))
      .digest("hex");
    expect(readme).toContain(sum);
  }
});
