import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { convnext, vit } from "@tssl/core/internal";
import type { VitOptions } from "@tssl/core/run";
import { startEngine } from "@tssl/engine";
import { afterAll, beforeAll, expect, it } from "vitest";

import { encoderToExport, proofImages } from "./encoder-to-export.test.data.ts";
import { exportEncoder } from "./export-encoder.ts";
import { timmConfig } from "./weights/timm-config.ts";

let folder: string;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  folder = mkdtempSync(path.join(tmpdir(), "tssl-transformers-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const images = proofImages(3, 16);
const vitOptions: VitOptions = {
  ...{ patchSize: 4, heads: 2, pool: "class" },
  ...{ positions: "learned", fixedPatches: false },
};

it.each([
  ["a class token", {}],
  [
    "the mean of the others, fixed positions and patches",
    { pool: "mean", positions: "fixed", fixedPatches: true },
  ],
])("a ViT with %s is equal in every format", async (name, given) => {
  const encoder = encoderToExport(
    vit("small", { dim: 16, depth: 2, heads: 2 }),
    { ...vitOptions, ...given },
    16,
  );
  const proven = await exportEncoder(encoder, {
    ...{ to: ["safetensors", "onnx", "tfjs"], out: path.join(folder, name), images },
    ...{ foldBatchNorm: false, float16: false, card: () => "" },
  });
  expect(proven[0]!.difference).toBe(0);
  for (const { difference } of proven) expect(difference).toBeLessThan(5e-6);
});

it.each([32, 40])("a ConvNeXt is equal in every format, images of %i pixels", async (size) => {
  const small = convnext("small", { depths: [1, 1, 1, 1], dims: [4, 6, 8, 10] });
  const proven = await exportEncoder(encoderToExport(small, {}, size), {
    ...{ to: ["safetensors", "onnx", "tfjs"], out: path.join(folder, `convnext-${size}`) },
    ...{ images: proofImages(3, size), foldBatchNorm: false, float16: false, card: () => "" },
  });
  expect(proven[0]!.difference).toBe(0);
  for (const { difference } of proven) expect(difference).toBeLessThan(5e-6);
});

it("vit-tiny's config for timm says patches, images, heads and pooling", () => {
  const encoder = encoderToExport(vit("small", { dim: 16, depth: 1, heads: 2 }), vitOptions, 16);
  const options = { ...vitOptions, heads: 3, pool: "mean" };
  expect(timmConfig({ ...encoder, options, architecture: "vit_tiny_patch4" })).toMatchObject({
    architecture: "vit_tiny_patch16_224",
    model_args: { img_size: 16, patch_size: 4, num_heads: 3, global_pool: "avg" },
    pretrained_cfg: { input_size: [3, 16, 16], fixed_input_size: true, first_conv: "patch_embed.proj" },
  });
  expect(timmConfig(encoder)).toBeUndefined(); // of no size that timm has
});
