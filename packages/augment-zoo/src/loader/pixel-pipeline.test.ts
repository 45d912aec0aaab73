import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

import { sampleRecipe } from "../apply-recipe.ts";
import { replayBands } from "../bands/replay-bands.ts";
import { decodeToBands } from "../decode.ts";
import { evaluationView } from "../recipes/evaluation.ts";
import { mocoV2View } from "../recipes/moco.ts";
import { stronger } from "../recipes/stronger.ts";
import { withoutColour } from "../unsuitable.ts";
import { viewStream } from "./view-key.ts";
import { createViewLoader, type ViewLoaderOptions } from "./view-loader.ts";
import { viewOf } from "./view-of.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "augment-zoo-bands-"));
afterAll(() => rmSync(folder, { recursive: true }));

const load = async (options: Omit<ViewLoaderOptions, "seed" | "batchSize">) => {
  const loader = createViewLoader({ seed: 5, batchSize: options.files.length, ...options });
  try {
    (await loader.load({ epoch: 0, indices: options.files.map((_, i) => i) })).release(); // fills the cache
    const batch = await loader.load({ epoch: 1, indices: options.files.map((_, i) => i) });
    const made = Object.fromEntries(
      Object.entries(batch.views).map(([name, { values, shape }]) => [
        name,
        { values: values.slice(), shape },
      ]),
    );
    batch.release();
    return { made, corrupt: loader.corrupt };
  } finally {
    await loader.close();
  }
};

describe("grey views", () => {
  const files = ["roof", "cifar-cat", "flower"].map((name) => fixture(`images/${name}.png`));
  const views = { query: stronger(mocoV2View({ size: [20, 24] })), plain: evaluationView({ size: 16 }) };

  it("have one channel of what viewOf makes, with and without the cache", async () => {
    for (const cacheMegabytes of [0, 64]) {
      const { made } = await load({ files, views, channels: 1, workers: 2, cacheMegabytes });
      expect(made["query"]!.shape).toEqual([3, 20, 24, 1]);
      for (const [index, file] of files.entries()) {
        const key = { seed: 5, epoch: 1, index, view: "query" };
        const { image } = await viewOf(file, views.query, key, { channels: 1 });
        const want = image.data.filter((_, i) => i % 3 === 0);
        expect(made["query"]!.values.subarray(index * 480, (index + 1) * 480)).toEqual(want);
      }
    }
  });
});

describe("views of bands", () => {
  interface BandFile {
    readonly name: string;
    readonly bytes: string;
  }
  const golden = JSON.parse(readFileSync(fixture("bands.json"), "utf8")) as { files: BandFile[] };
  const bands = golden.files.filter(({ name }) => name.startsWith("13 bands"));
  const files = bands.map(({ bytes }, i) => {
    const file = path.join(folder, `${i}.tif`);
    writeFileSync(file, Buffer.from(bytes, "base64"));
    return file;
  });
  const decoding = { channels: 13, range: [0, 10000] } as const;
  const query = withoutColour(mocoV2View({ size: 12 }));

  it("are float32 of every band, with and without the cache, whatever the number of threads", async () => {
    for (const [workers, cacheMegabytes] of [
      [1, 0],
      [2, 64],
    ] as const) {
      const { made } = await load({ files, views: { query }, ...decoding, workers, cacheMegabytes });
      expect(made["query"]!.shape).toEqual([files.length, 12, 12, 13]);
      for (const [index, file] of files.entries()) {
        const image = await decodeToBands(file, decoding);
        const applied = sampleRecipe(image, query, viewStream({ seed: 5, epoch: 1, index, view: "query" }));
        const length = 12 * 12 * 13;
        expect(made["query"]!.values.subarray(index * length, (index + 1) * length)).toEqual(
          replayBands(image, applied).data,
        );
      }
    }
  });

  it("name a file of other bands, and refuse what needs colours and what is no channel count", async () => {
    const others = { files: [...files, fixture("images/roof.png")], views: { query }, maxCorruptShare: 0.5 };
    const { corrupt } = await load({ ...others, ...decoding, workers: 1 });
    expect(corrupt.map(({ found }) => found)).toEqual(["3 channels, where data.channels says 13"]);
    const open = (more: Partial<ViewLoaderOptions>) =>
      createViewLoader({ files, views: { query }, seed: 1, batchSize: 1, ...more });
    expect(() => open({ channels: 13, views: { query: mocoV2View({ size: 8 }) } })).toThrow(
      "views.query: colorJitter (saturation, hue) needs red, green and blue, and images have 13 channels.",
    );
    expect(() => open({ channels: 17 })).toThrow("channels must be a whole number in 1 .. 16, got 17.");
    expect(() => open({ channels: 4, depth: 8 })).toThrow(
      "depth must be 32 where channels is neither 1 nor 3",
    );
  });
});
