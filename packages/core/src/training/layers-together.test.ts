import { cifar10Subset } from "@tssl/demo-data";
import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { readImageFolder } from "../data/image-folder.ts";
import type { ImageSet } from "../data/image-set.ts";
import { FEATURES, type LayersExtractor } from "../evaluation/compile-features.ts";
import { type KnnData, knnDataOf } from "../evaluation/evaluate-knn.ts";
import { evaluateLinear } from "../evaluation/evaluate-linear.ts";
import { linearData } from "../evaluation/linear-data.ts";
import type { LinearOptions } from "../evaluation/linear-options.ts";
import { featuresByLayer } from "../evaluation/extract-features.ts";
import type { EvaluationImages } from "../evaluation/images.ts";
import { resnet20 } from "../networks/resnet.ts";
import { sgd } from "../optimizers/sgd.ts";
import { assertClose } from "../testing/index.ts";
import { tellApart } from "../testing/tell-apart.ts";
import { compileEncoder } from "./compile-encoder.ts";
import { makeEncoderOf } from "./make-encoder.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const config = parseConfig(
  {
    epochs: 1,
    batchSize: 2,
    imageSize: 16,
    data: { train: ".", deviation: [20, 20, 20] }, // small features, whose probes start near guessing
    encoder: { use: resnet20, widths: [4, 6, 8] },
    plugins: [{ use: tellApart }],
    optimizer: { use: sgd, lr: 1 },
  },
  { plugins: {}, encoders: {}, optimizers: {} },
  "a test",
);

/** So many images of each of three classes. */
async function fewImages(folder: string, perClass: number): Promise<ImageSet> {
  const { files, names, labels, classes, ...rest } = await readImageFolder(folder);
  const chosen = [0, 1, 2].flatMap((class_) =>
    Array.from(labels!.keys())
      .filter((i) => labels![i] === class_)
      .slice(0, perClass),
  );
  return {
    ...rest,
    files: chosen.map((i) => files[i]!),
    names: chosen.map((i) => names[i]!),
    labels: Int32Array.from(chosen, (i) => labels![i]!),
    classes: classes.slice(0, 3),
  };
}

async function fewKnnData(): Promise<KnnData> {
  const subset = await cifar10Subset();
  const [train, test] = [await fewImages(subset.train, 4), await fewImages(subset.test, 2)];
  return knnDataOf(
    { option: "train", images: train },
    { option: "test", images: test },
    { imageSize: 16, batchSize: 4, workers: 1, cacheMegabytes: 1, maxCorruptShare: 0 },
  );
}

/** Counts the batches that pass through an encoder. */
function counting(extractor: LayersExtractor): { readonly extractor: LayersExtractor; batches: number } {
  const counted = {
    batches: 0,
    extractor: {
      ...extractor,
      extract: (images: Parameters<LayersExtractor["extract"]>[0]) => {
        counted.batches++;
        return extractor.extract(images);
      },
      part: () => counted.extractor,
    },
  };
  return counted;
}

/** Trains on layers together and on each alone, and compares. */
async function sameTogether(augment: boolean, options: LinearOptions): Promise<void> {
  const data = await fewKnnData();
  const made = makeEncoderOf(config, { prefix: "", drawnAs: "" });
  const encoder = compileEncoder(made, { mode: options.mode });
  try {
    expect(encoder.layers).toEqual(["conv1", "res2", "res3", "res4"]);
    const names = ["conv1", "res4", FEATURES];
    const resultsOf = async (extractor: LayersExtractor) =>
      evaluateLinear(await linearData(extractor, data, { augment, cacheMegabytes: 1 }), options);
    const all = counting(encoder.layerFeatures(names));
    const together = await resultsOf(all.extractor);
    expect(together.map(({ layer }) => layer)).toEqual(["conv1", "res4", undefined]);
    for (const [i, name] of names.entries()) {
      const alone = counting(encoder.layerFeatures([name]));
      expect(await resultsOf(alone.extractor), name).toEqual([together[i]]);
      expect(all.batches).toBe(alone.batches);
    }
  } finally {
    await encoder.dispose();
  }
}

it("the map of a ResNet's last stage has the encoder's features as its mean", async () => {
  const encoder = compileEncoder(makeEncoderOf(config, { prefix: "", drawnAs: "" }), { mode: "eager" });
  try {
    const { layers, extract } = encoder.layerFeatures([FEATURES, "res4"]);
    const values = Uint8Array.from({ length: 2 * 16 * 16 * 3 }, (_, i) => (i * 37) % 251);
    const [features, map] = await extract({ values, shape: [2, 16, 16, 3] });
    expect(layers).toEqual([
      { name: FEATURES, dim: 8 },
      expect.objectContaining({ dim: 4 * 4 * 8, channels: 8 }),
    ]);
    const means = Array.from(features!, (_, i) => {
      const places = Array.from(
        { length: 16 },
        (_, place) => map![(Math.floor(i / 8) * 16 + place) * 8 + (i % 8)]!,
      );
      return places.reduce((sum, value) => sum + value, 0) / 16;
    });
    assertClose(features!, means, 1e-6, "features");
    expect(new Set(features).size).toBeGreaterThan(8);
  } finally {
    await encoder.dispose();
  }
});

describe("the layers of an encoder get the numbers that each gets alone", () => {
  const settings = { epochs: 2, batchSize: 5, fraction: 1, seed: 1 };
  const rates = { protocol: "moco", schedule: "steps", learningRates: [0.01, 0.1] } as const;
  const vissl = { protocol: "vissl", schedule: "vissl", learningRates: [0.01] } as const;

  it("from augmented images", () => sameTogether(true, { ...settings, ...rates, mode: "eager" }));

  it.each(["graph", "xla"] as const)("in mode %s, as VISSL does", { tags: "long" }, (mode) =>
    sameTogether(true, { ...settings, ...vissl, mode }),
  );

  it("from features that stay", { tags: "long" }, () =>
    sameTogether(false, { ...settings, ...rates, mode: "graph" }),
  );
});

describe("featuresByLayer", () => {
  /** Each layer's features are its number and that of the image. */
  const passes: (readonly number[])[] = [];
  const layersFrom = (first: number, count: number): LayersExtractor => ({
    layers: Array.from({ length: count }, (_, i) => ({ name: String(first + i), dim: 2 })),
    extract: ({ values, shape }) =>
      Promise.resolve(
        Array.from({ length: count }, (_, i) =>
          Float32Array.from({ length: 2 * shape[0]! }, (_, at) =>
            at % 2 === 0 ? first + i : values[(at - 1) / 2]!,
          ),
        ),
      ),
    part(from, some) {
      passes.push([from, some]);
      return layersFrom(first + from, some);
    },
  });
  const images: EvaluationImages = {
    ...{ count: 3, size: 1, shape: [1, 1, 1], corrupt: [] },
    async *batches() {
      yield { start: 0, count: 2, bytes: Uint8Array.of(10, 11) };
      await Promise.resolve();
      yield { start: 2, count: 1, bytes: Uint8Array.of(12) };
    },
  };

  it("computes as many layers in one pass as fit in memory", async () => {
    const ofLayer = featuresByLayer(layersFrom(0, 5), images, "test", 2 * 24); // two layers of 3 x 2 float32
    for (const layer of [0, 1, 1, 2, 3, 4]) {
      expect([...(await ofLayer(layer)).values]).toEqual([layer, 10, layer, 11, layer, 12]);
    }
    expect(passes.splice(0)).toEqual([
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
    const alone = featuresByLayer(layersFrom(0, 2), images, "test", 1);
    expect((await alone(1)).count).toBe(3);
    expect(passes).toEqual([[1, 1]]);
  });
});
