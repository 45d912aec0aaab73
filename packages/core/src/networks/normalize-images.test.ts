import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { assertClose, tensorsLeft } from "../testing/index.ts";
import { imagenetStatistics, normalizeImages } from "./normalize-images.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("normalizeImages", () => {
  it("is (x / 255 - mean) / deviation for each channel", () => {
    const pixels = [0, 128, 255, 10, 20, 30];
    const { mean, deviation } = imagenetStatistics;
    const want = pixels.map((x, i) => (x / 255 - mean[i % 3]!) / deviation[i % 3]!);
    assertClose(normalizeImages(tf.tensor4d(pixels, [1, 1, 2, 3]), imagenetStatistics), want, 1e-6);
  });

  it("is the same for each patch of an image", () => {
    const pixels = Array.from({ length: 2 * 3 * 2 * 2 * 3 }, (_, i) => (i * 37) % 256);
    const images = normalizeImages(tf.tensor4d(pixels, [6, 2, 2, 3]), imagenetStatistics);
    const patches = normalizeImages(tf.tensor5d(pixels, [2, 3, 2, 2, 3]), imagenetStatistics);
    expect(patches.shape).toEqual([2, 3, 2, 2, 3]);
    expect(patches.dataSync()).toEqual(images.dataSync());
  });

  it("leaves one tensor behind, the result", () => {
    const images = tf.zeros<tf.Rank.R4>([1, 2, 2, 3]);
    expect(tensorsLeft(() => normalizeImages(images, imagenetStatistics))).toBe(1);
  });
});
