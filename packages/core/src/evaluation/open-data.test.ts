import path from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import type { RunSettings } from "../config/run-settings.ts";
import { fewerNeighbours, noKnnWithoutLabels, noKnnWithoutTest } from "../messages/notices.ts";
import { imagesWithoutLabels, unknownClasses } from "../messages/options.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/index.ts";
import { openData } from "./open-data.ts";

let folder: TemporaryFolder;
afterEach(() => folder.remove());

/** Nothing is decoded: any content will do. */
const images = async (...names: readonly string[]) => {
  folder = await temporaryFolder(Object.fromEntries(names.map((name) => [name, "bytes"])));
};

const open = (data: object, evaluation: object = {}) => {
  const absolute = (part: object) =>
    Object.fromEntries(
      Object.entries(part).map(([key, value]) => [
        key,
        typeof value === "string" ? path.join(folder.path, value) : (value as unknown),
      ]),
    );
  return openData({
    imageSize: 8,
    data: { test: null, cacheMegabytes: 0, maxCorruptShare: 0, ...absolute(data) },
    evaluation: { train: null, test: null, batchSize: 10, k: 1, temperature: 0.1, ...absolute(evaluation) },
  } as unknown as RunSettings);
};

const classes = ["all/cat/1.jpg", "all/dog/1.jpg", "all/dog/2.jpg"];
const test = ["test/cat/1.jpg", "test/dog/1.jpg"];

describe("openData", () => {
  it("searches data.train and classifies data.test", async () => {
    await images(...classes, ...test);
    const { train, knnData, notes } = await open({ train: "all", test: "test" });
    expect(knnData!.train).toBe(train);
    expect(knnData!.test.labels).toEqual(Int32Array.of(0, 1));
    expect(notes).toEqual([]);
    expect((await open({ train: "all" }, { test: "test" })).knnData!.test.names).toEqual([
      "cat/1.jpg",
      "dog/1.jpg",
    ]);
  });

  it("searches evaluation.train, whatever the labels of data.train", async () => {
    await images("all/unlabelled/9.jpg", ...classes, ...test, "part/cat/7.jpg", "part/dog/8.jpg");
    for (const [data, evaluation] of [
      [{ train: "all" }, { train: "part", test: "test" }],
      [{ train: "all", test: "test" }, { train: "part" }],
    ] as const) {
      const { train, knnData } = await open(data, evaluation);
      expect(train.classes).toEqual(["cat", "dog", "unlabelled"]);
      expect(knnData!.train.names).toEqual(["cat/7.jpg", "dog/8.jpg"]);
      expect(knnData!.train.classes).toEqual(["cat", "dog"]);
      expect(knnData!.trainImages.count).toBe(2);
    }
    const { knnData, train } = await open({ train: "all", test: "test" }, { train: "./all" });
    expect(knnData!.train).toBe(train);
  });

  it("takes a test set that lacks a class, in the order of the labelled classes", async () => {
    await images(...classes, "test/dog/1.jpg", "test/dog/2.jpg");
    const { knnData } = await open({ train: "all", test: "test" });
    expect(knnData!.test.classes).toEqual(["cat", "dog"]);
    expect(knnData!.test.labels).toEqual(Int32Array.of(1, 1));
  });

  it("refuses unknown classes, and images without labels that evaluation names", async () => {
    await images(...classes, "test/cat/1.jpg", "test/fox/1.jpg", "flat/1.jpg");
    await expect(open({ train: "all", test: "test" })).rejects.toThrow(
      unknownClasses(
        { option: "data.test", classes: ["fox"] },
        { option: "data.train", classes: ["cat", "dog"] },
      ),
    );
    const flat = path.join(folder.path, "flat");
    await expect(open({ train: "all" }, { train: "flat", test: "test" })).rejects.toThrow(
      imagesWithoutLabels("evaluation.train", flat),
    );
    await expect(open({ train: "all" }, { test: "flat" })).rejects.toThrow(
      imagesWithoutLabels("evaluation.test", flat),
    );
  });

  it("says why there is no kNN, and what to write to get it", async () => {
    await images(...classes, ...test, "flat/1.jpg", "stray/cover.jpg", "stray/cat/1.jpg", "stray/dog/1.jpg");
    const notes = async (data: object) => (await open(data)).notes;
    expect(await notes({ train: "all" })).toEqual([noKnnWithoutTest(true)]);
    expect(await notes({ train: "flat" })).toEqual([noKnnWithoutTest(false)]);
    expect(await notes({ train: "flat", test: "test" })).toEqual([noKnnWithoutLabels("data.train", 1, [])]);
    expect(await notes({ train: "all", test: "flat" })).toEqual([noKnnWithoutLabels("data.test", 1, [])]);
    expect(await notes({ train: "stray", test: "test" })).toEqual([
      noKnnWithoutLabels("data.train", 3, ["cover.jpg"]),
    ]);
  });

  it("takes all images as neighbours by default where there are few, and says so", async () => {
    await images(...classes, ...test);
    const { notes } = await open({ train: "all", test: "test" }, { k: null });
    expect(notes).toEqual([fewerNeighbours(3, 200)]);
  });
});
