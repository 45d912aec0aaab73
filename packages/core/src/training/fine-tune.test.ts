import { copyFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { createViewLoader, supervisedView } from "@tssl/augment-zoo";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readImageFolder } from "../data/image-folder.ts";
import { type KnnData, knnDataOf } from "../evaluation/evaluate-knn.ts";
import type { FineTuneResult } from "../evaluation/fine-tune-result.ts";
import { probeOrder } from "../evaluation/probe-batches.ts";
import { fineTuneNotFinite } from "../messages/training.ts";
import { dense } from "../networks/layers.ts";
import { imagenetStatistics } from "../networks/normalize-images.ts";
import type { FineTuneState } from "../run/kept-fine-tuning.ts";
import { createScope } from "../state/scope.ts";
import { createStateStore } from "../state/store.ts";
import { assertClose, modes, refusal } from "../testing/index.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { fineTune, type FineTuneKeeping, type FineTuneOptions } from "./fine-tune.ts";
import type { TrainableEncoder } from "./make-encoder.ts";

const FIXTURES = path.join(import.meta.dirname, "../../fixtures/images");
const CLASSES = { flower: ["flower-0", "flower-1", "flower-2"], temple: ["temple-0", "temple-1"] };
const [SIZE, FEATURES] = [8, 2];

const reading = { imageSize: SIZE, batchSize: 4, workers: 1, cacheMegabytes: 10, maxCorruptShare: 0 };

let folder: TemporaryFolder;
let data: KnnData;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  folder = await temporaryFolder();
  for (const [name, files] of Object.entries(CLASSES)) {
    await mkdir(path.join(folder.path, name));
    for (const file of files) {
      await copyFile(path.join(FIXTURES, `${file}.jpg`), path.join(folder.path, name, `${file}.jpg`));
    }
  }
  const images = await readImageFolder(folder.path);
  const named = { option: "data", images };
  data = knnDataOf(named, named, reading);
});
afterAll(() => folder.remove());

/** The mean colour of an image through one dense layer: few enough numbers to train them in loops. */
function meanColour(): TrainableEncoder {
  const store = createStateStore();
  const layer = dense(createScope(store, 7, "m.encoder.", true), "layer", { from: 3, to: FEATURES });
  const settings = {
    data: { ...imagenetStatistics, cacheMegabytes: 10, range: null },
  } as TrainableEncoder["settings"];
  return {
    settings,
    store,
    featureDim: FEATURES,
    forward: (images, mode) => layer(tf.mean(images, [1, 2]), mode),
  };
}

const options: FineTuneOptions = {
  trunkRate: 0.05,
  headRate: 0.4,
  epochs: 5,
  batchSize: 2,
  fraction: 1,
  seed: 3,
  mode: "graph",
};

/** Trains a fresh network. */
async function tuned(change: Partial<FineTuneOptions> = {}): Promise<FineTuneResult> {
  const encoder = meanColour();
  try {
    return await fineTune(encoder, data, { ...options, ...change });
  } finally {
    encoder.store.dispose();
  }
}
const valuesOf = ({ store }: TrainableEncoder): Record<string, number[]> =>
  Object.fromEntries(store.entries().map(({ name, variable }) => [name, [...variable.dataSync()]]));

/** The same in plain loops and float64: mean colours, two dense layers, softmax, SGD with momentum 0.9. */
async function byHand({ trunkRate, headRate, epochs, batchSize, seed }: FineTuneOptions) {
  const encoder = meanColour();
  const { "m.encoder.layer.weight": weight, "m.encoder.layer.bias": bias } = valuesOf(encoder);
  const headStore = createStateStore();
  dense(createScope(headStore, seed, "fine-tune.", true), "head", { from: FEATURES, to: 2 });
  const head = headStore.entries().map(({ variable }) => [...variable.dataSync()]);
  encoder.store.dispose();
  headStore.dispose();
  const parameters = [weight!, bias!, head[0]!, head[1]!];
  const velocities = parameters.map((values) => values.map(() => 0));
  const [a, b, w, c] = parameters as [number[], number[], number[], number[]];
  const loader = createViewLoader({
    files: data.train.files,
    views: { image: supervisedView({ size: SIZE }) },
    ...{ seed, batchSize, cacheMegabytes: 0, maxCorruptShare: 0 },
  });
  let mean = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const factor = 0.2 ** ((epoch >= 0.6 * epochs ? 1 : 0) + (epoch >= 0.8 * epochs ? 1 : 0));
    let sum = 0;
    for (const indices of probeOrder({ chosen: Int32Array.of(0, 1, 2, 3, 4), batchSize, seed }, epoch)) {
      const batch = await loader.load({ epoch, indices: [...indices] });
      const { values } = batch.views["image"]!;
      const gradients = parameters.map((each) => each.map(() => 0));
      const [ga, gb, gw, gc] = gradients as [number[], number[], number[], number[]];
      indices.forEach((index, row) => {
        const x = [0, 1, 2].map((channel) => {
          let level = 0;
          for (let i = 0; i < SIZE * SIZE; i++) level += values[(row * SIZE * SIZE + i) * 3 + channel]!;
          const { mean, deviation } = imagenetStatistics;
          return (level / (SIZE * SIZE * 255) - mean[channel]!) / deviation[channel]!;
        });
        const feature = [0, 1].map((j) => x.reduce((s, v, i) => s + v * a[i * 2 + j]!, b[j]!));
        const logits = [0, 1].map((k) => feature.reduce((s, v, j) => s + v * w[j * 2 + k]!, c[k]!));
        const total = Math.exp(logits[0]!) + Math.exp(logits[1]!);
        const label = data.train.labels![index]!;
        sum -= Math.log(Math.exp(logits[label]!) / total);
        const error = logits.map(
          (logit, k) => (Math.exp(logit) / total - (k === label ? 1 : 0)) / indices.length,
        );
        error.forEach((e, k) => {
          gc[k]! += e;
          feature.forEach((f, j) => (gw[j * 2 + k]! += f * e));
        });
        for (const j of [0, 1]) {
          const e = error[0]! * w[j * 2]! + error[1]! * w[j * 2 + 1]!;
          gb[j]! += e;
          x.forEach((v, i) => (ga[i * 2 + j]! += v * e));
        }
      });
      batch.release();
      parameters.forEach((each, p) => {
        const rate = factor * (p < 2 ? trunkRate : headRate);
        each.forEach((_, i) => {
          velocities[p]![i] = 0.9 * velocities[p]![i]! + gradients[p]![i]!;
          each[i]! -= rate * velocities[p]![i];
        });
      });
    }
    mean = sum / 5;
  }
  await loader.close();
  return mean;
}

describe.each(modes.map((mode) => ({ mode })))("fineTune in mode $mode", ({ mode }) => {
  it("moves encoder and layer by their own rates, as plain loops do", async () => {
    const result = await tuned({ mode });
    assertClose([result.trainLoss], [await byHand(options)], 1e-4, "last epoch's loss");
    expect(result).toMatchObject({ fraction: 1, trainImages: 5, trunkRate: 0.05, headRate: 0.4, images: 5 });
  });
});

/** Keeps every state, and aborts after some step. */
function keepingAll(from?: FineTuneState, stopAfter = Infinity) {
  const states: FineTuneState[] = [];
  const controller = new AbortController();
  const keeping: FineTuneKeeping = {
    ...(from && { from }),
    isDue: () => true,
    save(state) {
      states.push(state);
      if (states.length === stopAfter) controller.abort(new Error("stopped"));
      return Promise.resolve();
    },
  };
  return { states, keeping, signal: controller.signal };
}

describe.each(modes.map((mode) => ({ mode })))("a fine-tuning that goes on in mode $mode", ({ mode }) => {
  it("comes to the result of an undisturbed one, to the bit, wherever it was", async () => {
    const { states, keeping } = keepingAll();
    const undisturbed = await tuned({ mode });
    expect(await tuned({ mode, keeping })).toEqual(undisturbed);
    expect(states.map(({ point: { epoch, batch } }) => [epoch, batch]).slice(0, 4)).toEqual([
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
    ]);
    expect(states).toHaveLength(15);
    for (const step of [3, 8, 15]) {
      const again = keepingAll(states[step - 1]);
      expect(await tuned({ mode, keeping: again.keeping })).toEqual(undisturbed);
      expect(again.states.map(({ point }) => point)).toEqual(states.slice(step).map(({ point }) => point));
    }
  });
});

describe("fineTune", () => {
  it("keeps its state where it is stopped, and when it is due", async () => {
    const first = keepingAll(undefined, 4);
    await expect(tuned(first)).rejects.toThrow("stopped");
    expect(first.states.at(-1)!.point).toMatchObject({ epoch: 1, batch: 1 });
    const controller = new AbortController();
    const saved: FineTuneState[] = [];
    const keeping: FineTuneKeeping = {
      isDue(step) {
        if (step === 5) controller.abort(new Error("stopped"));
        return step === 2;
      },
      save: (state) => Promise.resolve(void saved.push(state)),
    };
    await expect(tuned({ keeping, signal: controller.signal })).rejects.toThrow("stopped");
    expect(saved.map(({ point: { epoch, batch } }) => [epoch, batch])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    const last = keepingAll();
    await tuned({ keeping: { ...last.keeping, isDue: () => false } });
    expect(last.states.map(({ point }) => point.epoch)).toEqual([options.epochs]);
  });

  it("fits few real images, and gives the same again with one seed", async () => {
    const result = await tuned({ epochs: 30, headRate: 1, trunkRate: 0.5 });
    expect(result.trainLoss).toBeLessThan(0.5);
    expect(await tuned({ epochs: 30, headRate: 1, trunkRate: 0.5 })).toEqual(result);
    expect((await tuned({ seed: 4 })).trainLoss).not.toBe((await tuned()).trainLoss);
  });

  it("leaves out images that cannot be decoded", async () => {
    await writeFile(path.join(folder.path, "temple", "broken.jpg"), "no image");
    const named = { option: "data", images: await readImageFolder(folder.path) };
    const whole = data;
    data = knnDataOf(named, named, { ...reading, maxCorruptShare: 0.5 });
    const result = await tuned();
    expect([named.images.files.length, result.trainImages, result.images]).toEqual([6, 5, 5]);
    data = whole;
  });

  it("takes a share of each class, and leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const result = await tuned({ fraction: 0.4 });
    expect(result.trainImages).toBe(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says what is wrong", async () => {
    expect(await refusal(() => tuned({ fraction: 0.1 }))).toMatch(
      /^INVALID_OPTION: fraction must be at least 0\.40 /,
    );
    expect(await refusal(() => tuned({ trunkRate: 1e38, headRate: 1e38 }))).toBe(
      `TRAINING_FAILED: ${fineTuneNotFinite(1e38, 1e38).message}`,
    );
  });
});
