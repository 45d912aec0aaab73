import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";

import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runTraining } from "../running/run-training.ts";
import { parseConfig } from "../config/parse-config.ts";
import type { Registry } from "../config/registry.ts";
import { extractFeatures } from "../evaluation/extract-features.ts";
import { readFeatureSample } from "../evaluation/feature-sample.ts";
import { evaluationImages } from "../evaluation/images.ts";
import { readImages } from "../data/read-images.ts";
import {
  heldOutWithoutLabels,
  projectionsUnknown,
  representationNotProjected,
  representationUnknown,
} from "../messages/options.ts";
import { readMetrics } from "../metrics/metrics-log.ts";
import type { MetricsRow } from "../metrics/metrics-row.ts";
import { linearHead } from "../networks/projection-head.ts";
import { sgd } from "../optimizers/sgd.ts";
import { readCheckpoint } from "../run/checkpoint.ts";
import { folderCheckpoints } from "../run/checkpoint-store.ts";
import { checkpointsOf, metricsFileOf } from "../run/run-folder.ts";
import { type AnyPlugin, definePlugin } from "../plugins/plugin.ts";
import { smallConvNet } from "../testing/small-conv-net.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { wholeContract } from "../testing/conformance/whole-contract.test.data.ts";
import type { EvaluatedEncoder } from "./compile-encoder.ts";
import { loadEncoder } from "./load-encoder.ts";
import { loadUntrainedEncoder } from "./untrained-encoder.ts";

const FIXTURES = path.join(import.meta.dirname, "../../fixtures/images");
const CLASSES = {
  flower: ["flower-0", "flower-1", "flower-2"],
  gate: ["temple-0", "temple-1"],
  temple: ["temple-2", "temple-3", "temple-4"],
};

let folder: TemporaryFolder;
let images: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  images = path.join(folder.path, "images");
  for (const [name, files] of Object.entries(CLASSES)) {
    await mkdir(path.join(images, name), { recursive: true });
    for (const file of files.map((each) => `${each}.jpg`)) {
      await copyFile(path.join(FIXTURES, file), path.join(images, name, file));
    }
  }
});
afterEach(() => folder.remove());

/** Trains two steps. @returns the run folder, and the definitions that it was made of. */
async function trained(plugin: AnyPlugin, more: object = {}): Promise<{ run: string; registry: Registry }> {
  const registry: Registry = {
    plugins: { [plugin.name]: plugin },
    encoders: { [smallConvNet.name]: smallConvNet },
    optimizers: { sgd },
  };
  const raw = {
    seed: 3,
    imageSize: 8,
    epochs: 1,
    batchSize: 4,
    data: { train: images, test: images },
    encoder: { use: smallConvNet.name },
    plugins: [{ use: plugin.name }],
    optimizer: { use: "sgd", lr: 0.1 },
    engine: { device: "cpu" },
    ...more,
  };
  const run = path.join(folder.path, "run");
  const { status, reason } = await runTraining({ config: parseConfig(raw, registry, "test"), out: run });
  expect([status, reason]).toEqual(["finished", undefined]);
  return { run, registry };
}

async function featuresOf(encoder: EvaluatedEncoder, rows: "features" | "rawFeatures" = "features") {
  const loading = { imageSize: 8, batchSize: 8, workers: 1, cacheMegabytes: 0, maxCorruptShare: 0 };
  const found = await extractFeatures(encoder[rows], evaluationImages(await readImages(images), loading));
  await encoder.dispose();
  return found;
}

/** Two networks, of which the second is the one that the run is for. */
const secondNetwork = definePlugin<object>({
  name: "second",
  options: { type: "object", additionalProperties: false, required: [], properties: {} },
  views: () => ({ image: { recipe: [{ op: "centerCrop", size: 8 }] } }),
  setup(build) {
    const other = build.network("other", { head: linearHead({ dim: 4 }) });
    const network = build.network("online", { head: linearHead({ dim: 4 }) });
    return {
      network,
      step({ views }) {
        const image = views["image"]!;
        return {
          terms: { distance: { loss: tf.losses.meanSquaredError(other.embed(image), network.embed(image)) } },
        };
      },
    };
  },
});

describe("an encoder that is loaded", () => {
  it.each([
    ["by its plugin's representation", wholeContract, 4],
    ["by its pooled features", secondNetwork, 16],
  ])("has the features that the run was evaluated by: %s", async (_by, plugin, dim) => {
    const { run, registry } = await trained(plugin);
    const [untrained, latest] = [
      await readFeatureSample(run, "untrained", 100),
      await readFeatureSample(run, "latest", 100),
    ];
    expect([untrained!.step, latest!.step]).toEqual([0, 2]);
    expect(latest!.values).not.toEqual(untrained!.values);

    const loaded = await featuresOf(await loadEncoder(run, registry, { mode: "graph" }));
    expect(loaded.dim).toBe(dim);
    expect(loaded.values).toEqual(latest!.values);
    const first = await featuresOf(await loadUntrainedEncoder(run, registry, { mode: "graph" }));
    expect(first.values).toEqual(untrained!.values);
  });

  it("has as projections what the head makes of its features", async () => {
    const { run, registry } = await trained(secondNetwork);
    const encoder = await featuresOf(await loadEncoder(run, registry, { mode: "graph" }), "rawFeatures");
    const head = await featuresOf(
      await loadEncoder(run, registry, { mode: "graph", projections: true }),
      "rawFeatures",
    );
    const { snapshot } = await readCheckpoint(checkpointsOf(run), "step-0000002");
    const [weight, bias] = ["weight", "bias"].map((name) => snapshot[`second.online.head.0.${name}`]!.data);
    expect([head.count, head.dim]).toEqual([8, 4]);
    for (let image = 0; image < 8; image++) {
      for (let k = 0; k < 4; k++) {
        let sum = bias![k]!;
        for (let d = 0; d < 16; d++) sum += encoder.values[16 * image + d]! * weight![4 * d + k]!;
        expect(head.values[4 * image + k]).toBeCloseTo(sum, 5);
      }
    }
    const { encoders } = registry;
    await expect(loadEncoder(run, { encoders }, { projections: true })).rejects.toThrow(
      projectionsUnknown(run),
    );
  });

  it("has no projections where a plugin has a representation of its own", async () => {
    const { run, registry } = await trained(wholeContract);
    await expect(loadEncoder(run, registry, { projections: true })).rejects.toThrow(
      representationNotProjected(run, "whole"),
    );
  });

  it("is refused where its weights are not finite", async () => {
    const { run, registry } = await trained(secondNetwork);
    const name = "step-0000002";
    const { snapshot, facts } = await readCheckpoint(checkpointsOf(run), name);
    const weight = Object.keys(snapshot).find((key) => /online\.encoder\..*weight$/.test(key))!;
    const data = snapshot[weight]!.data.slice();
    data[1] = NaN;
    const broken = { ...snapshot, [weight]: { ...snapshot[weight]!, data } };
    await folderCheckpoints(checkpointsOf(run)).save(name, broken, facts);
    await expect(loadEncoder(run, registry, { mode: "graph" })).rejects.toMatchObject({
      code: "CHECKPOINT",
      message: expect.stringContaining(
        `${weight} has 1 NaN of ${data.length}. Choose another with`,
      ) as string,
    });
  });

  it.each([
    ["knn", {}, 0, 1],
    ["held-out", {}, 0, 1],
    ["rank", {}, 1, 16],
    ["rank", { data: { train: "", test: null } }, 1, 16],
  ] as const)("is the best by %s, with %j", async (best, more, least, most) => {
    const data = "data" in more ? { data: { ...more.data, train: images } } : {};
    const { run, registry } = await trained(secondNetwork, { checkpoint: { best }, ...data });
    const encoder = await loadEncoder(run, registry, { mode: "graph", checkpoint: "best" });
    expect(encoder.chosenBy?.by).toBe(best);
    expect(encoder.chosenBy!.value).toBeGreaterThanOrEqual(least);
    expect(encoder.chosenBy!.value).toBeLessThanOrEqual(most);
    await encoder.dispose();
    let evaluated: MetricsRow | undefined;
    for await (const each of readMetrics(metricsFileOf(run))) {
      if (each.step === 2 && !("loss" in each.values)) evaluated = each;
    }
    const logged = { knn: "knn", "held-out": "knnHeldOut", rank: "featureRank" }[best];
    expect(evaluated!.values[logged]).toBe(encoder.chosenBy!.value);
  });

  it("cannot be chosen by held-out labels where there are none", async () => {
    const unlabelled = { checkpoint: { best: "held-out" }, data: { train: images } };
    await expect(trained(secondNetwork, unlabelled)).rejects.toThrow(heldOutWithoutLabels());
  });

  it("needs the plugin whose representation it has, and says so", async () => {
    const { run, registry } = await trained(wholeContract);
    const { encoders } = registry;
    await expect(loadEncoder(run, { encoders }, { mode: "graph" })).rejects.toThrow(
      representationUnknown(run, "whole"),
    );
  });
});
