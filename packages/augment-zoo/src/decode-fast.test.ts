import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";

import type { AppliedOperation } from "./applied.ts";
import { replay } from "./replay.ts";
import { decodeImage } from "./decode.ts";
import { onShrunk, shrunkSize } from "./decode-fast.ts";
import type { Size } from "./image.ts";
import { createViewLoader } from "./loader/view-loader.ts";
import { evaluationView } from "./recipes/evaluation.ts";
import { mocoV2View } from "./recipes/moco.ts";

const crop = (side: number, size: number): AppliedOperation[] => [
  { op: "resizedCrop", left: 3, top: 5, width: side + 2, height: side, size, filter: "bilinear" },
  { op: "horizontalFlip" },
];
const size: Size = { width: 1001, height: 803 };

describe("shrunkSize", () => {
  it.each<[string, AppliedOperation[][], Size | undefined]>([
    ["a quarter for crops of eight times the view", [crop(256, 32)], { width: 250, height: 200 }],
    ["an eighth for crops of sixteen times", [crop(512, 32), crop(600, 32)], { width: 125, height: 100 }],
    ["what the most demanding view needs", [crop(512, 32), crop(300, 32)], { width: 250, height: 200 }],
    ["all of it for a crop that is hardly shrunk", [crop(512, 32), crop(255, 32)], undefined],
    [
      "a quarter for a resize to an eighth",
      [[{ op: "resize", width: 125, height: 100, filter: "bilinear" }]],
      { width: 250, height: 200 },
    ],
    ["all of it for what is not scaled", [crop(512, 32), [{ op: "grayscale" }]], undefined],
  ])("%s", (_, views, expected) => {
    expect(shrunkSize(size, views)).toEqual(expected);
  });
});

describe("fast decoding", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "augment-zoo-fast-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const fixture = fileURLToPath(new URL("../fixtures/images/temple.png", import.meta.url));

  it("gives views within 2 levels of exact ones in the mean", async () => {
    const file = path.join(folder, "large.jpg");
    await sharp(fixture).resize(1001, 803, { fit: "fill" }).jpeg({ quality: 92 }).toFile(file);
    const full = await decodeImage(file);
    for (const applied of [crop(520, 32), crop(640, 40), crop(790, 60)]) {
      const to = shrunkSize(full, [applied])!;
      const small = await decodeImage(file, { shrinkTo: to });
      expect([small.width, small.height]).toEqual([to.width, to.height]);
      const exact = replay(full, applied).data;
      const fast = replay(small, onShrunk(applied, full, small)).data;
      const difference = exact.reduce((sum, level, i) => sum + Math.abs(level - fast[i]!), 0) / exact.length;
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThan(2);
    }
  });

  it("happens in the loader when asked for, and changes the views a little", async () => {
    const file = path.join(folder, "larger.jpg");
    await sharp(fixture).resize(2000, 1500, { fit: "fill" }).jpeg({ quality: 92 }).toFile(file);
    const views = {
      query: mocoV2View({ size: 32, scale: [0.5, 1] }).slice(0, 1),
      plain: evaluationView({ size: 32 }),
    };
    const made = [];
    for (const decode of ["exact", "fast"] as const) {
      const loader = createViewLoader({ files: [file], views, seed: 1, batchSize: 1, workers: 1, decode, cacheMegabytes: 0 }); // prettier-ignore
      const batch = await loader.load({ epoch: 0, indices: [0] });
      made.push(Object.values(batch.views).map(({ values }) => Uint8Array.from(values)));
      await loader.close();
    }
    for (const view of [0, 1]) {
      const [exact, fast] = [made[0]![view]!, made[1]![view]!];
      const difference = exact.reduce((sum, level, i) => sum + Math.abs(level - fast[i]!), 0) / exact.length;
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThan(2);
    }
  });
});
