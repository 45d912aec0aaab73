import { writeFile } from "node:fs/promises";
import path from "node:path";

import sharp from "sharp";
import { afterEach, beforeEach, expect, it } from "vitest";

import { readImageFolder } from "../data/image-folder.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import type { FeatureExtractor } from "./compile-features.ts";
import { classify } from "./evaluate-knn.ts";
import { extractFeatures } from "./extract-features.ts";
import { evaluationImages } from "./images.ts";
import { neighbourRows } from "./neighbour-rows.ts";

let folder: TemporaryFolder;
afterEach(() => folder.remove());
/**
 * Plain images of two classes, each of a grey of its own: 10, 20, 30 and 200, 210, 220. The second one is no
 * image.
 */
const GREYS = { "dark/0.png": 10, "dark/1.png": 20, "dark/2.png": 30, "light/0.png": 200, "light/1.png": 210, "light/2.png": 220 }; // prettier-ignore
beforeEach(async () => {
  folder = await temporaryFolder(Object.fromEntries(Object.keys(GREYS).map((name) => [name, ""])));
  for (const [name, grey] of Object.entries(GREYS)) {
    const image = sharp({
      create: { width: 8, height: 8, channels: 3, background: { r: grey, g: grey, b: grey } },
    });
    const content = await image.png().toBuffer();
    await writeFile(path.join(folder.path, name), name === "dark/1.png" ? content.subarray(0, 60) : content);
  }
});

/** Red of the first pixel as an angle on the circle. */
const extractor: FeatureExtractor = {
  dim: 2,
  extract: ({ values, shape }) =>
    Promise.resolve(
      Float32Array.from({ length: 2 * shape[0]! }, (_, i) =>
        (i % 2 === 0 ? Math.cos : Math.sin)(values[Math.floor(i / 2) * 8 * 8 * 3]! / 255),
      ),
    ),
};

const open = async (maxCorruptShare: number, cacheMegabytes = 1) => {
  const set = await readImageFolder(folder.path);
  return { set, images: evaluationImages(set, { imageSize: 8, batchSize: 4, workers: 1, cacheMegabytes, maxCorruptShare }) }; // prettier-ignore
};

it.each([0, 1])(
  "features leave out an image that cannot be decoded, and name it (%d MB kept)",
  async (megabytes) => {
    const { images } = await open(0.2, megabytes);
    for (let pass = 0; pass < 2; pass++) {
      const features = await extractFeatures(extractor, images);
      expect([...features.images]).toEqual([0, 2, 3, 4, 5]);
      const greys = Array.from({ length: features.count }, (_, i) =>
        Math.round(255 * Math.acos(features.values[2 * i]!)),
      );
      expect(greys).toEqual([10, 30, 200, 210, 220]);
      expect(images.corrupt).toMatchObject([{ index: 1, file: path.join(folder.path, "dark/1.png") }]);
    }
  },
);

it("kNN and neighbours count the rest by their places in the set", async () => {
  const { set, images } = await open(0.2);
  const train = await extractFeatures(extractor, images);
  const features = { train, test: train };
  const data = { train: set, test: set, trainImages: images, testImages: images };
  // Were the bank's labels off by the image left out, the last of the dark ones would be taken for a light
  // one.
  const result = await classify(features, data, { k: 2, temperature: 0.1 });
  expect([...result.predictions]).toEqual([0, 0, 1, 1, 1]);
  expect(result.accuracy).toBe(1);
  const rows = await neighbourRows({
    train,
    test: { ...train, count: 1, values: train.values.subarray(0, 2) },
  });
  expect(rows).toMatchObject([{ image: 0, nearest: [{ index: 0 }, { index: 2 }, { index: 3 }, { index: 4 }, { index: 5 }] }]); // prettier-ignore
});

it("more of them than allowed end it", async () => {
  const { images } = await open(0);
  await expect(extractFeatures(extractor, images)).rejects.toThrow("dark/1.png: corrupt or truncated");
});
