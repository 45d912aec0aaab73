import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { encoderSectionOf } from "@tssl/core/internal";
import { startEngine } from "@tssl/engine";
import { afterAll, beforeAll, expect, it } from "vitest";

import { encoderToExport, type ExportedEncoder, proofImages } from "./encoder-to-export.test.data.ts";
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

/** What the config has besides the section that an architecture stands for. */
const defaults: Readonly<Partial<Record<ExportedEncoder, object>>> = {
  resnet18: { norm: "batch", recompute: false },
  resnet34: { norm: "batch", recompute: false },
  resnet50: { norm: "batch", recompute: false, groups: 1, widthPerGroup: 64 },
  "vit-tiny": { heads: 3, pool: "class", positions: "learned", fixedPatches: false },
};

it.each([
  ["resnet18 with stem: imagenet", false, false],
  ["resnet18 with stem: cifar", true, false],
  ["resnet34 with stem: imagenet", true, false],
  ["resnet50 with stem: imagenet", false, false],
  ["resnet50 with stem: imagenet", true, false],
  ["resnext50_32x4d with stem: imagenet", true, false],
  ["wide_resnet50_2 with stem: imagenet", false, false],
  ["resnet18 with stem: imagenet", false, true],
  ["resnet50 with stem: imagenet", true, true],
  ["vit_tiny_patch16", false, false],
  ["convnext_tiny", false, false],
])(
  "%s, batch norm folded: %s, filters in float16: %s: torchvision, timm, onnxruntime and detectron2's " +
    "names give the same",
  { timeout: 600_000 },
  async (architecture, foldBatchNorm, float16) => {
    const own = mkdtempSync(path.join(folder, "net-"));
    const [name, stem] = architecture.split(" with stem: ") as [string, string?];
    const { use, ...section } = encoderSectionOf(architecture);
    const options = { ...defaults[use as ExportedEncoder], ...section };
    const isNamed = stem === "imagenet" && !float16;
    const made = () => encoderToExport(use as ExportedEncoder, options, SIZE);
    const expected = await featuresOf(made().made, images);
    const proven = await exportEncoder(made(), {
      to: [...(["safetensors", "onnx", "tfjs"] as const), ...(isNamed ? (["detectron2"] as const) : [])],
      out: path.join(own, "net"),
      ...{ images, foldBatchNorm, float16, card: () => "" },
    });
    const dim = expected.length / images.count;
    writeFileSync(path.join(own, "images.npy"), encodeNpy(images.values, [images.count, SIZE, SIZE, 3]));
    writeFileSync(path.join(own, "features.npy"), encodeNpy(expected, [images.count, dim]));
    const statistics = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] };
    const settings = { ...statistics, ...(stem !== undefined && { stem }) };
    writeFileSync(path.join(own, "config.json"), JSON.stringify(settings));

    const differences = runFixture(python, "check_exports.py", own, name) as Record<string, number>;
    const own_ = Object.fromEntries(proven.map(({ name, difference }) => [name, difference]));
    const sizes = Object.fromEntries(
      proven.map(({ name, files }) => [name, files.reduce((sum, file) => sum + file.bytes, 0)]),
    );
    console.log(JSON.stringify({ architecture, foldBatchNorm, float16, proven: own_, differences, sizes }));
    for (const [library, difference] of Object.entries(differences)) {
      expect(difference, library).toBeLessThan(float16 ? 1e-2 : 1e-4);
    }
    expect(Object.keys(differences).sort()).toEqual(
      [
        "onnxruntime",
        ...(stem === undefined ? [] : ["torchvision"]),
        ...(stem === "cifar" ? [] : ["timm"]),
        ...(isNamed ? ["detectron2 names"] : []),
      ].sort(),
    );
  },
);
