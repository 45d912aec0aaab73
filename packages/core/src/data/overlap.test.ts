import path from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { makeTar } from "../testing/make-tar.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { findOverlap, type FingerprintedSet } from "./overlap.ts";
import { readImages } from "./read-images.ts";

let folder: TemporaryFolder;
afterEach(() => folder.remove());

const open = async (name: string): Promise<FingerprintedSet> => {
  const images = await readImages(path.join(folder.path, name));
  return { images, fingerprint: await fingerprintOf(images) };
};
const head = "h".repeat(5000); // longer than what a fingerprint hashes

describe("findOverlap", () => {
  it("finds the same content under another name, and compares beyond the head", async () => {
    folder = await temporaryFolder({
      "test/cat/0.jpg": "zero",
      "test/cat/1.jpg": `${head}1`,
      "test/dog/2.jpg": `${head}2`,
      "test/dog/3.jpg": "three",
      "train/cat/a.jpg": `${head}2`,
      "train/cat/b.jpg": `${head}3`,
      "train/dog/c.jpg": "zero",
      "train/dog/d.jpg": "zero",
    });
    expect(await findOverlap(await open("test"), await open("train"))).toEqual({
      count: 2,
      isWhole: true,
      example: { name: "cat/0.jpg", other: "dog/c.jpg" },
    });
  });

  it("counts each image of the first set, however often the other has it", async () => {
    folder = await temporaryFolder({
      ...Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`test/${i}.jpg`, `same ${i % 2}`])),
      "train/a.jpg": "same 0",
      "train/b.jpg": "same 0",
      "train/c.jpg": "same 1",
    });
    const { count, example } = await findOverlap(await open("test"), await open("train"));
    expect(count).toBe(5);
    expect(example).toEqual({ name: "0.jpg", other: "a.jpg" });
  });

  it("says where it has not compared all", async () => {
    folder = await temporaryFolder({
      "test/0.jpg": "0",
      "test/1.jpg": "1",
      "train/a.jpg": "0",
      "train/b.jpg": "1",
    });
    const [test, train] = [await open("test"), await open("train")];
    const twoFiles = { mostBytes: 2 * 2 ** 15 };
    expect(await findOverlap(test, train, twoFiles)).toEqual({
      count: 1,
      isWhole: false,
      example: { name: "0.jpg", other: "a.jpg" },
    });
    // The same files are no question.
    expect(await findOverlap(test, test, { mostBytes: 0 })).toMatchObject({ count: 2, isWhole: true });
  });

  it("knows an image of a folder in a shard", async () => {
    folder = await temporaryFolder({ "test/0.jpg": "zero", "test/1.jpg": "one", "train/x.jpg": "one" });
    makeTar(path.join(folder.path, "train.tar"), path.join(folder.path, "train"), ["x.jpg"]);
    expect((await findOverlap(await open("test"), await open("train.tar"))).example).toEqual({
      name: "1.jpg",
      other: "x.jpg",
    });
  });

  it("does not claim what it cannot read", async () => {
    folder = await temporaryFolder({ "test/0.jpg": "zero", "train/a.jpg": "zero" });
    const [test, train] = [await open("test"), await open("train")];
    const gone = { ...train, images: { ...train.images, files: [path.join(folder.path, "gone.jpg")] } };
    expect(await findOverlap(test, gone)).toEqual({ count: 0, isWhole: true });
  });
});
