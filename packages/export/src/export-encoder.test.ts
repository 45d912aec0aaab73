import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { startEngine } from "@tssl/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { encoderToExport, proofImages } from "./encoder-to-export.test.data.ts";
import {
  type ExportRequest,
  exportEncoder,
  largestDifference,
  type ProvenArtefact,
} from "./export-encoder.ts";
import { featuresOf } from "./features-of.ts";
import { float16Of } from "./float16.ts";
import { neverFloat16 } from "./messages.ts";
import { channelsFirst } from "./onnx/run-onnx.ts";

let folder: string;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  folder = mkdtempSync(path.join(tmpdir(), "tssl-export-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const images = proofImages(5, 32);
const SMALL = ["resnet20", { widths: [4, 4, 8], norm: "batch", recompute: false }] as const;
/** Values of all filters: the stem, and six of each stage. */
const FILTER_VALUES = 9 * (3 * 4 + 6 * 16 + 6 * 16 + 32 + 5 * 64);

/** The arrays of a safetensors file, by its header. */
function arraysIn(file: Buffer) {
  const start = 8 + Number(file.readBigUInt64LE());
  const { __metadata__, ...header } = JSON.parse(file.toString("utf8", 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { dtype, shape, bytes: file.subarray(start + from, start + to) }],
    ),
  );
}

const request = (name: string, more: Partial<ExportRequest> = {}): ExportRequest => ({
  to: ["safetensors", "onnx", "tfjs"],
  out: path.join(folder, name),
  images,
  foldBatchNorm: false,
  float16: false,
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

  it("is equal with layer norm too", async () => {
    const options = { widths: [4, 4, 8], norm: "layer", recompute: false };
    const proven = await exportEncoder(encoderToExport("resnet20", options, 32), request("layer-norm"));
    for (const { difference } of proven) expect(difference).toBeLessThan(5e-6);
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

describe("filters in float16", () => {
  it("make each file smaller by two bytes a value, and features differ by less than 1e-2", async () => {
    const [whole, half] = [
      await exportEncoder(encoderToExport(...SMALL, 32), request("whole")),
      await exportEncoder(encoderToExport(...SMALL, 32), request("half", { float16: true })),
    ];
    const bytes = ({ files }: ProvenArtefact) => files.reduce((sum, file) => sum + file.bytes, 0);
    for (const [i, { name, weights, difference, ...files }] of half.entries()) {
      expect(weights).toBe("float16");
      expect(difference, name).toBeGreaterThan(1e-5);
      expect(difference, name).toBeLessThan(1e-2);
      const saved = bytes(whole[i]!) - bytes({ ...half[i]!, ...files });
      expect(2 * FILTER_VALUES - saved, name).toBeLessThan(4000); // ONNX names a node for each filter
    }
  });

  it("are the nearest float16, and vectors are untouched", () => {
    const [whole, half] = ["whole", "half"].map((name) =>
      arraysIn(readFileSync(path.join(folder, name, "model.safetensors"))),
    );
    for (const [name, { dtype, shape, bytes }] of whole!) {
      const stored = half!.get(name)!;
      expect(stored.shape).toEqual(shape);
      const isFilter = name.startsWith("conv") || name.includes(".conv") || name.includes("downsample.0");
      expect(stored.dtype, name).toBe(isFilter ? "F16" : dtype);
      const values = () => new Float32Array(new Uint8Array(bytes).buffer);
      expect(stored.bytes, name).toEqual(isFilter ? Buffer.from(float16Of(values()).buffer) : bytes);
    }
  });

  it("run in onnxruntime-node", async () => {
    const expected = await featuresOf(encoderToExport(...SMALL, 32).made, images);
    const session = await InferenceSession.create(path.join(folder, "half", "model.onnx"));
    const input = new Tensor(
      "uint8",
      channelsFirst({ values: images.values, shape: [5, 32, 32, 3] }),
      [5, 3, 32, 32],
    );
    const { features } = await session.run({ images: input });
    expect(largestDifference(features!.data as Float32Array, expected)).toBeLessThan(1e-2);
  });

  it("are refused for detectron2, whose are always float32", async () => {
    const wanted = request("wide", { to: ["onnx", "detectron2"], float16: true });
    await expect(exportEncoder(encoderToExport(...SMALL, 32), wanted)).rejects.toMatchObject({
      code: "EXPORT",
      data: { format: "detectron2", why: neverFloat16 },
    });
  });
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
        "encoder's weights. ONNX, TensorFlow.js and the page hold all of it: --to onnx,tfjs,page. Nothing " +
        "was written.",
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
