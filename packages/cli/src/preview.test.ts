import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { createViewLoader, decodeImage, type Recipe, viewOf, viewPicture } from "@tssl/augment-zoo";
import { definePlugin } from "@tssl/core";
import { parseConfig, readImages, resnet20, sgd, viewsOf } from "@tssl/core/run";
import { previewGrid } from "@tssl/report";
import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "./built-program.test.data.ts";
import { copyImages } from "./few-images.test.data.ts";
import { imageOutOfRange, unknownView } from "./messages/usage.ts";
import { setBy } from "./overrides.ts";
import { readRunConfig } from "./read-run-config.ts";
import { recipesText, samplesText } from "./views-text.ts";

let folder: string;
let config: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-preview-"));
  copyImages((await cifar10Subset()).train, path.join(folder, "train"), 6);
  config = path.join(folder, "config.yaml");
  writeFileSync(
    config,
    `{ data: { train: train }, imageSize: 32, epochs: 1, batchSize: 8, seed: 5, encoder: { use: resnet20 },
  plugins: [{ use: moco, queueSize: 16 }, { use: clsa }], optimizer: { use: sgd, lr: 0.1 } }`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("tssl preview", () => {
  it("shows the views that a loader makes for training, to the byte", async () => {
    const run = await readRunConfig(config);
    const set = await readImages(path.join(folder, "train"));
    const [images, epochs] = [[5, 17], [0, 3]]; // prettier-ignore
    const grid = await previewGrid(run, set, { images, epochs });
    expect(grid.rows.map(({ label }) => label)).toEqual(images.map((i) => `image ${i}: ${set.names[i]!}`));
    const views = viewsOf(run, set.files.length);
    const loader = createViewLoader({
      files: set.files,
      views: Object.fromEntries(Object.entries(views).map(([name, { recipe }]) => [name, recipe])),
      seed: 5,
      batchSize: 2,
      workers: 1,
    });
    for (const [e, epoch] of epochs.entries()) {
      const batch = await loader.load({ epoch, indices: images });
      for (const [name, { values: bytes }] of Object.entries(batch.views)) {
        for (const [i, { samples }] of grid.rows.entries()) {
          const { png, operations } = samples[name]![e]!;
          const { data } = await decodeImage(png);
          const made = Buffer.from(bytes.subarray(i * data.length, (i + 1) * data.length));
          expect(Buffer.compare(data, made)).toBe(0);
          expect(operations[0]!.name).toBe("resizedCrop");
        }
      }
      batch.release();
    }
    await loader.close();
    expect(grid.roles.map(({ name }) => name)).toEqual(Object.keys(views));
    expect(grid.roles[0]!.recipe).toContain(
      "randomResizedCrop (size 32, scale 0.2 to 1, ratio 0.75 to 1.333)",
    );
  });

  it("lays patches out as their grid, and tells what was done to each", async () => {
    const recipe: Recipe = [
      { op: "randomResizedCrop", size: 32, scale: [0.6, 1], ratio: [1, 1] },
      { op: "patches", rows: 2, columns: 3, size: 8, stride: 11, jitter: 2 },
      { op: "solarize", threshold: 128, p: 0.5 },
    ];
    const jigsaw = definePlugin<object>({
      name: "jigsaw",
      options: { type: "object", additionalProperties: false, required: [], properties: {} } as const,
      views: () => ({ tiles: { recipe } }),
      setup: () => ({ step: () => ({ terms: {} }) }),
    });
    const run = parseConfig(
      {
        ...{ data: { train: path.join(folder, "train") }, epochs: 1, batchSize: 8, seed: 5 },
        ...{ encoder: { use: resnet20 }, plugins: [{ use: jigsaw }], optimizer: { use: sgd, lr: 0.1 } },
      },
      { plugins: {}, encoders: {}, optimizers: {} },
      "test",
    );
    const set = await readImages(path.join(folder, "train"));
    const grid = await previewGrid(run, set, { images: [7], epochs: [2] });
    const { png, operations } = grid.rows[0]!.samples["tiles"]![0]!;
    const key = { seed: 5, epoch: 2, index: 7, view: "tiles" };
    const { image, applied } = await viewOf(set.files[7]!, recipe, key);
    const shown = await decodeImage(png);
    expect([shown.width, shown.height]).toEqual([3 * 8 + 2 * 2, 2 * 8 + 2]);
    expect(Buffer.compare(shown.data, viewPicture(image, recipe).data)).toBe(0);
    expect(shown.data.subarray(0, 24)).toEqual(image.data.subarray(0, 24)); // the first patch's first row

    const last = applied.at(-1)!;
    if (last.op !== "patches") throw new Error("no patches");
    expect(operations.slice(1)).toEqual([
      { name: "patches", parameters: { size: 8, count: 6 } },
      ...last.patches.map(({ left, top, applied: own }, i) => ({
        name: `patch ${i + 1}`,
        parameters: { left, top, ...(own.length === 0 ? {} : { then: "solarize threshold 128" }) },
      })),
    ]);
    expect(new Set(last.patches.map(({ applied: own }) => own.length)).size).toBe(2);
    const { left, top } = last.patches[1]!;
    const text = samplesText("image 7", grid.rows[0]!.samples, [2]);
    expect(text).toMatch(/^ +patches {6}size 8, count 6$/m);
    expect(text).toMatch(
      new RegExp(`^ +patch 2 {6}left ${left}, top ${top}(, then solarize threshold 128)?$`, "m"),
    );
    expect(recipesText({ tiles: recipe })).toMatch(
      /^ {2}patches +rows 2, columns 3, size 8, stride 11, jitter 2$/m,
    );
    expect(grid.roles[0]!.recipe).toContain("patches (rows 2, columns 3, size 8, stride 11, jitter 2)");
  });

  it("writes a page that loads nothing, and refuses images that are not there", () => {
    const preview = (...args: string[]) => warmTsslIn(folder, ["preview", config, ...args]);
    const { code, out } = preview("--image", "3,9", "--epoch", "4");
    expect(out).toBe("Views: preview.html\n");
    expect(code).toBe(0);
    const page = readFileSync(path.join(folder, "preview.html"), "utf8");
    expect(page).toContain("image 3: airplane/0003.jpg");
    expect(page).toContain("Seed 5; for each view from left to right: epoch 4.");
    expect(page.match(/<button class="view"/g)).toHaveLength(2 * 3); // epochs times views
    expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
    const beyond = preview("--image", "24");
    const unknown = preview("--view", "query,weak");
    expect(unknown.err).toBe(`Error: ${unknownView("weak", ["query", "key", "strong"]).message}\n`);
    expect(unknown.code).toBe(2);
    expect(beyond.err).toBe(`Error: ${imageOutOfRange(24, 24).message}\n`);
    expect(beyond.code).toBe(2);
  });

  it("makes any view of a run anew, as a file, and explains recipes and views", async () => {
    const { code, out, err } = warmTsslIn(folder, ["preview", config, ...["--image", "17", "--epoch", "3", "--view", "strong", "--set", "seed=9"], "--explain", "--png", "made"]); // prettier-ignore
    expect([err, code]).toEqual(["", 0]);
    expect(readdirSync(path.join(folder, "made"))).toEqual(["image-17-epoch-3-strong.png"]);
    const run = await readRunConfig(config, [setBy("seed=9")]);
    const set = await readImages(path.join(folder, "train"));
    const { recipe } = viewsOf(run, set.files.length)["strong"]!;
    const key = { seed: 9, epoch: 3, index: 17, view: "strong" };
    const { image, applied } = await viewOf(set.files[17]!, recipe, key);
    const { data } = await decodeImage(path.join(folder, "made/image-17-epoch-3-strong.png"));
    expect(Buffer.compare(data, image.data)).toBe(0);

    expect(out).toContain(
      "strong: CLSA's strong view on MoCo v2 (arXiv:2104.07713; arXiv:2003.04297; facebookresearch/moco",
    );
    expect(out).toMatch(/^ {2}gaussianBlur {7}sigma 0\.1 to 2, p 0\.5$/m);
    expect(out).toContain(`image 17 (${set.names[17]!}), seed 9\n`);
    const crop = applied[0] as { left: number; top: number; width: number };
    expect(out).toContain(`strong  epoch 3  resizedCrop`);
    expect(out).toContain(`left ${crop.left}, top ${crop.top}, width ${crop.width}`);
  });
});
