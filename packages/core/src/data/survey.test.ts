import { cp, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { readImageFolder } from "./image-folder.ts";
import { surveyImages } from "./survey.ts";

let folder: TemporaryFolder;
beforeEach(async () => (folder = await temporaryFolder()));
afterEach(() => folder.remove());

const FIXTURES = path.join(import.meta.dirname, "../../fixtures/images");
/** Copies a picture of 36 x 36 pixels, with more bytes after its end where that is asked for. */
async function put(name: string, picture = "flower-0.jpg"): Promise<void> {
  await cp(path.join(FIXTURES, picture), path.join(folder.path, name));
}
const read = (root: string) => readImageFolder(path.join(folder.path, root));

it("counts classes, sides, copies, wrong extensions, and test images that are training images", async () => {
  await put("train/cat/0.jpg");
  await put("train/cat/1.png"); // a JPEG by its content, and the same bytes
  await put("train/dog/0.jpg", "temple-0.jpg");
  await writeFile(path.join(folder.path, "train/dog/text.jpg"), "no image");
  await writeFile(path.join(folder.path, "train/dog/empty.jpg"), "");
  await put("test/cat/t.jpg");
  await put("test/dog/t.jpg", "temple-1.jpg");
  const { train, test, overlap } = await surveyImages(await read("train"), await read("test"));
  expect(train).toEqual({
    root: path.join(folder.path, "train"),
    images: 4,
    classes: [
      { name: "cat", images: 2 },
      { name: "dog", images: 2 },
    ],
    width: { smallest: 32, median: 36, largest: 36 },
    height: { smallest: 32, median: 36, largest: 36 },
    channels: { 3: 3 },
    bits: { 8: 3 },
    formats: { jpeg: 3 },
    misnamed: { count: 1, examples: [{ name: "cat/1.png", format: "jpeg" }] },
    unreadable: {
      count: 1,
      examples: [{ name: "dog/text.jpg", kind: "not an image" }],
      kinds: { "not an image": 1 },
    },
    copies: { count: 1, examples: [{ name: "cat/1.png", of: "cat/0.jpg" }] },
    ledger: {
      found: 5,
      images: 4,
      labels: 0,
      leftOut: [{ reason: "empty", extension: ".jpg", count: 1, examples: ["dog/empty.jpg"] }],
    },
  });
  expect(test!.images).toBe(2);
  expect(overlap).toEqual({ count: 1, examples: [{ test: "cat/t.jpg", train: "cat/0.jpg" }] });
});

it("reads whole files where size and beginning agree", async () => {
  const bytes = Buffer.alloc(6000, 1);
  for (const [name, last] of [
    ["a", 1],
    ["b", 2],
    ["c", 1],
  ] as const) {
    bytes[5999] = last;
    await put(`train/${name}/0.jpg`);
    await writeFile(path.join(folder.path, `train/${name}/0.jpg`), bytes);
  }
  const { train } = await surveyImages(await read("train"), undefined);
  expect(train.copies).toEqual({ count: 1, examples: [{ name: "c/0.jpg", of: "a/0.jpg" }] });
  expect(train.unreadable.kinds).toEqual({ "not an image": 3 });
});

it("tells how far it is", async () => {
  await put("train/a.jpg");
  await put("train/b.jpg");
  const told: string[] = [];
  await surveyImages(await read("train"), undefined, {
    onProgress: (done, all) => told.push(`${done}/${all}`),
  });
  expect(told).toEqual(["1/2", "2/2"]);
});

it("of an even number of sides the median is between the two in the middle", async () => {
  // Headers alone are read: a GIF is its two sides.
  for (const [i, width] of [10, 20, 40, 80].entries()) {
    const gif = Buffer.from("GIF89a\0\0\x01\0\0\0\0,\0\0\0\0\0\0\x01\0\0\x02\x02D\x01\0;", "latin1");
    gif.writeUInt16LE(width, 6);
    gif.writeUInt16LE(width, 18);
    await put(`train/${i}.gif`);
    await writeFile(path.join(folder.path, `train/${i}.gif`), gif);
  }
  const { train } = await surveyImages(await read("train"), undefined);
  expect(train.width).toEqual({ smallest: 10, median: 30, largest: 80 });
  expect(train.height).toEqual({ smallest: 1, median: 1, largest: 1 });
});
