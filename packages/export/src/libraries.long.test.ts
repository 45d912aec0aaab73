import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { encoderSectionOf } from "@tssl/core/internal";
import { startEngine } from "@tssl/engine";
import { afterAll, beforeAll, expect, it } from "vitest";

import { encoderToExport, proofImages } from "./encoder-to-export.test.data.ts";
import { exportEncoder } from "./export-encoder.ts";
import { featuresOf } from "./features-of.ts";
import { encodeNpy } from "./npy.ts";
import { pythonWith, runFixture } from "./python.test.data.ts";

let python: string;
let folder: string;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  folder = mkdtempSync(path.join(tmpdir(), "tssl-libraries-"));
  python = pythonWith(["torch", "torchvision", "timm", "onnx", "onnxruntime", "safetensors", "numpy"]);
}, 1_200_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SIZE = 64;
const images = proofImages(8, SIZE);

it.each([
  ["resnet18", "imagenet", false, false],
  ["resnet18", "cifar", true, false],
  ["resnet34", "imagenet", true, false],
  ["resnet50", "imagenet", false, false],
  ["resnet50", "imagenet", true, false],
  ["resnext50_32x4d", "imagenet", true, false],
  ["wide_resnet50_2", "imagenet", false, false],
  ["resnet18", "imagenet", false, true],
  ["resnet50", "imagenet", true, true],
] as const)(
  "%s with stem %s, batch norm folded: %s, filters in float16: %s: torchvision, timm, onnxruntime and " +
    "detectron2's names give the same",
  { timeout: 600_000 },
  async (architecture, stem, foldBatchNorm, float16) => {
    const own = mkdtempSync(path.join(folder, "net-"));
    const { use, ...section } = encoderSectionOf(`${architecture} with stem: ${stem}`);
    const bottleneck = use === "resnet50" ? { groups: 1, widthPerGroup: 64 } : {};
    const options = { norm: "batch", recompute: false, ...bottleneck, ...section };
    const expected = await featuresOf(encoderToExport(use as "resnet50", options, SIZE).made, images);
    const isNamed = stem === "imagenet" && !float16;
    const named = isNamed ? (["detectron2"] as const) : [];
    const proven = await exportEncoder(encoderToExport(use as "resnet50", options, SIZE), {
      to: ["safetensors", "onnx", ...(architecture === "resnext50_32x4d" ? [] : ["tfjs" as const]), ...named],
      out: path.join(own, "net"),
      ...{ images, foldBatchNorm, float16, card: () => "" },
    });
    const dim = expected.length / images.count;
    writeFileSync(path.join(own, "images.npy"), encodeNpy(images.values, [images.count, SIZE, SIZE, 3]));
    writeFileSync(path.join(own, "features.npy"), encodeNpy(expected, [images.count, dim]));
    const settings = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3], stem };
    writeFileSync(path.join(own, "config.json"), JSON.stringify(settings));

    const differences = runFixture(python, "check_exports.py", own, architecture) as Record<string, number>;
    const own_ = Object.fromEntries(proven.map(({ name, difference }) => [name, difference]));
    const sizes = Object.fromEntries(
      proven.map(({ name, files }) => [name, files.reduce((sum, file) => sum + file.bytes, 0)]),
    );
    console.log(
      JSON.stringify({ architecture, stem, foldBatchNorm, float16, proven: own_, differences, sizes }),
    );
    for (const [library, difference] of Object.entries(differences)) {
      expect(difference, library).toBeLessThan(float16 ? 1e-2 : 1e-4);
    }
    expect(Object.keys(differences).sort()).toEqual(
      [
        ...["onnxruntime", "torchvision"],
        ...(stem === "imagenet" ? ["timm"] : []),
        ...(isNamed ? ["detectron2 names"] : []),
      ].sort(),
    );
  },
);
