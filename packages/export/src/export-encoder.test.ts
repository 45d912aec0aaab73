import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { startEngine } from "@tssl/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { encoderToExport, proofImages } from "./encoder-to-export.test.data.ts";
import { type ExportRequest, exportEncoder, largestDifference } from "./export-encoder.ts";
import { featuresOf } from "./features-of.ts";
import { channelsFirst } from "./onnx/run-onnx.ts";

let folder: string;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  folder = mkdtempSync(path.join(tmpdir(), "tssl-export-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const images = proofImages(5, 32);
const SMALL = ["resnet20", { widths: [4, 4, 8], recompute: false }] as const;
const request = (name: string, more: Partial<ExportRequest> = {}): ExportRequest => ({
  to: ["safetensors", "onnx", "tfjs"],
  out: path.join(folder, name),
  images,
  foldBatchNorm: false,
  card: () => "the card",
  ...more,
});

describe("an encoder that is exported", () => {
  it("is equal in each file, which lies in the folder with the card", async () => {
    const out = path.join(folder, "equal");
    const proven = await exportEncoder(encoderToExport(...SMALL, 32), request("equal"));
    expect(proven.map(({ name }) => name)).toEqual(["safetensors", "onnx", "tfjs"]);
    expect(proven[0]!.difference).toBe(0);
    for (const { difference, files } of proven) {
      expect(difference).toBeLessThan(5e-6);
      for (const file of files) expect(readFileSync(path.join(out, file.path)).length).toBe(file.bytes);
    }
    expect(readdirSync(out).sort()).toEqual(["README.md", "model.onnx", "model.safetensors", "tfjs"]);
    expect(readFileSync(path.join(out, "README.md"), "utf8")).toBe("the card");
    expect(existsSync(`${out}.${process.pid}.part`)).toBe(false);
  });

  it.each([false, true])(
    "gives the same in onnxruntime-node, batch norm folded: %s",
    async (foldBatchNorm) => {
      const out = path.join(folder, `onnx-${foldBatchNorm}`);
      await exportEncoder(
        encoderToExport(...SMALL, 32),
        request(`onnx-${foldBatchNorm}`, { to: ["onnx"], foldBatchNorm }),
      );
      const expected = await featuresOf(encoderToExport(...SMALL, 32).made, images);
      const session = await InferenceSession.create(path.join(out, "model.onnx"));
      // Another size of the batch than the graph was recorded with.
      const input = new Tensor(
        "uint8",
        channelsFirst({ values: images.values, shape: [5, 32, 32, 3] }),
        [5, 3, 32, 32],
      );
      const { features, normalized } = await session.run({ images: input });
      expect(features!.dims).toEqual([5, 8]);
      expect(largestDifference(features!.data as Float32Array, expected)).toBeLessThan(5e-6);
      const rows = normalized!.data as Float32Array;
      for (let row = 0; row < 5; row++) {
        expect(Math.hypot(...rows.subarray(row * 8, row * 8 + 8))).toBeCloseTo(1, 6);
      }
    },
  );
});

describe("what cannot be exported", () => {
  it("is refused by name where detectron2 has no such encoder, and leaves nothing", async () => {
    const wanted = request("refused", { to: ["safetensors", "detectron2"] });
    await expect(exportEncoder(encoderToExport(...SMALL, 32), wanted)).rejects.toThrow(
      "detectron2: detectron2 has ResNets with stem: imagenet alone, and the run's encoder is resnet20. " +
        "Nothing was written.",
    );
    expect(readdirSync(folder).filter((name) => name.startsWith("refused"))).toEqual([]);
  });

  it("is refused where a plugin has a representation of its own", async () => {
    const encoder = { ...encoderToExport(...SMALL, 32), representedBy: "cpc" };
    await expect(exportEncoder(encoder, request("represented"))).rejects.toThrow(
      "safetensors: the run is evaluated by the representation of its plugin cpc, which is more than the " +
        "encoder's weights. ONNX, TensorFlow.js and the page hold all of it: --to onnx,tfjs,page. Nothing was written.",
    );
  });

  it("is refused where the file computes something else, and leaves nothing", async () => {
    const encoder = encoderToExport(...SMALL, 32);
    const other = encoderToExport(...SMALL, 32);
    other.made.store.entries()[0]!.variable.assign(other.made.store.entries()[0]!.variable.mul(2));
    const wanted = request("different", { to: ["safetensors"] });
    await expect(
      exportEncoder({ ...encoder, withWeights: () => Promise.resolve(other.made) }, wanted),
    ).rejects.toThrow(
      /^safetensors: the artefact's features of 5 images differ from those of the run's encoder by /,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith("different"))).toEqual([]);
  });

  it("is refused where the folder holds something", async () => {
    writeFileSync(path.join(folder, "file"), "");
    await expect(
      exportEncoder(encoderToExport(...SMALL, 32), { ...request("x"), out: folder }),
    ).rejects.toThrow("must be a new or empty folder, and it holds");
  });
});

describe("the largest difference", () => {
  it("is that of one feature, relative to the largest where that is above 1", () => {
    expect(largestDifference(Float32Array.of(0, 0.25), Float32Array.of(0.5, 0.5))).toBe(0.5);
    expect(largestDifference(Float32Array.of(0, 4), Float32Array.of(0.5, 4))).toBe(0.125);
  });

  it("is no number where a feature is none, or one is missing", () => {
    expect(largestDifference(Float32Array.of(NaN, 0.5), Float32Array.of(0.5, 0.5))).toBeNaN();
    expect(largestDifference(Float32Array.of(1), Float32Array.of(1, 1))).toBeNaN();
  });
});
