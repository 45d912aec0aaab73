import { symlink } from "node:fs/promises";
import path from "node:path";

import { afterEach, expect, it } from "vitest";

import type { RunSettings } from "../config/run-settings.ts";
import * as messages from "../messages/notices.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { openData } from "./open-data.ts";

let folder: TemporaryFolder;
afterEach(() => folder.remove());
const at = (...parts: string[]) => path.join(folder.path, ...parts);

/** Data of these files, opened as a run opens it, with all that was told. */
async function open(
  files: readonly string[],
  { train = "train", test = null }: { train?: string; test?: string | null },
) {
  folder = await temporaryFolder(Object.fromEntries(files.map((name) => [name, "bytes"])));
  return reopen({ train, test });
}
async function reopen({ train = "train", test = null }: { train?: string; test?: string | null }) {
  const told: string[] = [];
  const settings = {
    imageSize: 8,
    data: {
      train: at(train),
      test: test === null ? null : at(test),
      cacheMegabytes: 0,
      maxCorruptShare: 0.01,
    },
    evaluation: { train: null, test: null, batchSize: 4, k: 1 },
  } as RunSettings;
  const data = await openData(settings, (sentence) => told.push(sentence));
  return { ...data, told };
}

it("tells once what was left out of which folder, and keeps it in the run's notes", async () => {
  const { notes, told, train } = await open(
    [
      "train/cat/1.jpg",
      "train/dog/1.jpg",
      "train/dog/2.bmp",
      "test/cat/1.jpg",
      "test/dog/1.jpg",
      "test/x.txt",
    ],
    { test: "test" },
  );
  expect(train.ledger.found).toBe(3);
  expect(notes).toEqual([
    `1 of 3 files was left out: 1 × .bmp (formats that are not decoded here). tssl data ${at("train")} ` +
      `shows all.`,
    `1 of 3 files was left out: 1 × .txt (no images). tssl data ${at("test")} shows all.`,
  ]);
  expect(told).toEqual(notes);
});

it("says that folders called train and test are taken for classes", async () => {
  const { train, told } = await open(["all/train/cat/1.jpg", "all/test/cat/1.jpg"], { train: "all" });
  expect(train.classes).toEqual(["test", "train"]);
  expect(told).toEqual([
    messages.splitsAreClasses(at("all"), ["test", "train"]),
    messages.noKnnWithoutTest(true),
  ]);
  await folder.remove();
  expect((await open(["all/train/1.jpg", "all/ship/1.jpg"], { train: "all" })).told).toHaveLength(1);
});

it("matches classes of test images by name, composed or decomposed, in whatever order", async () => {
  const { knnData, told } = await open(
    [
      "train/k\u00f6ter/1.jpg",
      "train/kuh/1.jpg",
      "test/ko\u0308ter/1.jpg",
      "test/kuh/1.jpg",
      "test/kuh/2.jpg",
    ],
    { test: "test" },
  );
  expect(told).toEqual([]);
  expect(knnData!.train.classes).toEqual(["kuh", "k\u00f6ter"]); // by code unit
  expect(knnData!.test.names).toEqual(["ko\u0308ter/1.jpg", "kuh/1.jpg", "kuh/2.jpg"]);
  expect(knnData!.test.classes).toEqual(["kuh", "k\u00f6ter"]);
  expect([...knnData!.test.labels!]).toEqual([1, 0, 0]);
});

it("tells of a class that stands under two spellings", async () => {
  const { told } = await open(["train/k\u00f6ter/1.jpg", "train/ko\u0308ter/1.jpg", "train/kuh/1.jpg"], {});
  expect(told[0]).toBe(messages.classesJoined(at("train"), ["k\u00f6ter"]));
});

it("counts linked class folders as images", async () => {
  await open(["train/ship/1.jpg", "store/cat/1.jpg", "store/dog/1.jpg"], {});
  for (const name of ["cat", "dog"]) await symlink(at("store", name), at("train", name));
  const { train, told } = await reopen({});
  expect([train.files.length, train.classes]).toEqual([3, ["cat", "dog", "ship"]]);
  expect(told).toEqual([messages.noKnnWithoutTest(true)]);
});
