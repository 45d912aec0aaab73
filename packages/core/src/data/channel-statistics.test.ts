import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { channelStatistics } from "./channel-statistics.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const golden = JSON.parse(readFileSync(fixture("channel-statistics.json"), "utf8")) as {
  made_with: string;
  files: string[];
  pixels: number;
  mean: number[];
  deviation: number[];
};
const files = golden.files.map((name) => fixture(`images/${name}`));

describe(`mean and deviation (${golden.made_with})`, () => {
  it("are numpy's over all pixels, also where images differ in size", async () => {
    const { mean, deviation, pixels, images } = await channelStatistics(files);
    expect([images, pixels]).toEqual([files.length, golden.pixels]);
    for (const channel of [0, 1, 2]) {
      expect(mean[channel]).toBeCloseTo(golden.mean[channel]!, 12);
      expect(deviation[channel]).toBeCloseTo(golden.deviation[channel]!, 12);
    }
  });

  it("are the same to the bit each time, whichever image is decoded first", async () => {
    const [once, again] = [await channelStatistics(files), await channelStatistics(files)];
    expect(again).toEqual(once);
  });

  it("leave out what is no image, and say so", async () => {
    const other = fixture("channel-statistics.json");
    const { mean, images, corrupt } = await channelStatistics([other, ...files]);
    expect(images).toBe(files.length);
    const found = expect.stringContaining("not an image") as string;
    expect(corrupt).toMatchObject([{ file: other, found, kind: "not an image" }]);
    expect(mean[0]).toBeCloseTo(golden.mean[0]!, 12);
  });
});
