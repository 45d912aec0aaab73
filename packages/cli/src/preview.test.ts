import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { createViewLoader, decodeImage, viewOf } from "@tssl/augment-zoo";
import { previewGrid, readImages, viewsOf } from "@tssl/core";
import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { tsslIn } from "./built-program.test.data.ts";
import { copyImages } from "./few-images.test.data.ts";
import * as messages from "./messages.ts";
import { setBy } from "./overrides.ts";
import { readRunConfig } from "./read-run-config.ts";

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
      for (const [name, bytes] of Object.entries(batch.views)) {
        for (const [i, { samples }] of grid.rows.entries()) {
          const { png, operations } = samples[name]![e]!;
          const { data } = await decodeImage(png);
          expect(Buffer.compare(data, bytes.subarray(i * data.length, (i + 1) * data.length))).toBe(0);
          expect(operations[0]!.name).toBe("resizedCrop");
        }
      }
      batch.release();
    }
    await loader.close();
    expect(grid.roles.map(({ name }) => name)).toEqual(Object.keys(views));
    expect(grid.roles[0]!.description).toContain(
      "randomResizedCrop (size 32, scale 0.2 to 1, ratio 0.75 to 1.33)",
    );
  });

  it("writes a page that loads nothing, and refuses images that are not there", () => {
    const preview = (...args: string[]) => tsslIn(folder, ["preview", config, ...args]);
    const { code, out } = preview("--image", "3,9", "--epoch", "4");
    expect(out).toBe("Views: preview.html\n");
    expect(code).toBe(0);
    const page = readFileSync(path.join(folder, "preview.html"), "utf8");
    expect(page).toContain("image 3: airplane/0003.jpg");
    expect(page).toContain("Seed 5; for each view from left to right: epoch 4.");
    expect(page.match(/<button class="view"/g)).toHaveLength(2 * page.match(/<dt>/g)!.length);
    expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
    const beyond = preview("--image", "24");
    const unknown = preview("--view", "query,weak");
    expect(unknown.err).toBe(`Error: ${messages.unknownView("weak", ["query", "key", "strong"]).message}\n`);
    expect(unknown.code).toBe(2);
    expect(beyond.err).toBe(`Error: ${messages.imageOutOfRange(24, 24).message}\n`);
    expect(beyond.code).toBe(2);
  });

  it("makes any view of a run anew, as a file, and explains recipes and views", async () => {
    const { code, out, err } = tsslIn(folder, ["preview", config, ...["--image", "17", "--epoch", "3", "--view", "strong", "--set", "seed=9"], "--explain", "--png", "made"]); // prettier-ignore
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
