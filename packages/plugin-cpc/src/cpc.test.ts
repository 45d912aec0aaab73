import { applyRecipe, randomStream, type ViewSize, viewShape } from "@tssl/augment-zoo";
import { sgd } from "@tssl/core/run";
import {
  assertClose,
  assertGoldenSteps,
  fill,
  goldenModes,
  meanColour,
  numbersOf,
  refusal,
  stepDescription,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { cpc } from "./cpc.ts";
import { cutPatches } from "./cut-patches.ts";
import { goldenCases } from "./golden.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(goldenCases)("$name", ({ plugins, golden, inputs }) => {
  it.each(goldenModes)("are PyTorch's: mode %s", async (mode) => {
    await assertGoldenSteps(plugins, golden, mode, inputs!());
  });
});

const small = { grid: 4, dim: 4, contextWidth: 4, contextBlocks: 1, stepsToIgnore: 1, stepsToPredict: 2 };
const runOf = (options: object, imageSize: ViewSize = 32) =>
  testRun({
    encoder: { use: meanColour },
    plugins: [{ use: cpc, ...options }],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: 2,
    imageSize,
  });

describe("cpc", () => {
  it("predicts in four directions, and names the chance level of each", () => {
    const run = runOf(small);
    const patches = tf.tensor5d(fill("patches", 2 * 16 * 48, 10), [2, 16, 4, 4, 3]);
    const part = { views: {}, patches: { patches }, indices: tf.range(0, 2, 1, "int32"), inputs: {} };
    const chance = 2 * Math.log(32); // two rows ahead, 16 patches of each of two images
    expect(stepDescription(run, [part]).chanceLevels).toEqual({
      "cpc/down": chance,
      "cpc/up": chance,
      "cpc/right": chance,
      "cpc/left": chance,
    });
  });

  it.each([1, 2, 4])("trains by predictions in %d directions", (directions) => {
    const run = runOf({ ...small, directions });
    const patches = tf.tensor5d(fill("patches", 2 * 16 * 48, 10), [2, 16, 4, 4, 3]);
    const part = { views: {}, patches: { patches }, indices: tf.range(0, 2, 1, "int32"), inputs: {} };
    const { variable } = run.store.get("cpc.network.encoder.fc.weight");
    const before = numbersOf(variable);
    const values = run.step([part], tf.scalar(0.1));
    const losses = ["down", "up", "right", "left"].slice(0, directions).map((name) => `cpc/${name}`);
    const sum = losses.reduce((all, name) => all + values[name]!.dataSync()[0]!, 0);
    expect(values["loss"]!.dataSync()[0]).toBeCloseTo(sum, 4);
    expect(numbersOf(variable)).not.toEqual(before);
  });

  it.each([
    [{}, 32, [49, 8, 8, 3]],
    [{}, 64, [49, 16, 16, 3]],
    [{ grid: 6, stride: 36 }, 260, [36, 80, 80, 3]],
  ])("cuts overlapping patches that fill the image: %j at %d", (options, imageSize, shape) => {
    expect(viewShape(runOf(options, imageSize).views["patches"]!.recipe)).toEqual(shape);
  });

  it("refuses rectangles", async () => {
    expect(await refusal(() => runOf({}, [32, 48]))).toContain(
      "INVALID_OPTION: imageSize must be one number, because the grid of patches is a square, got [32,48].",
    );
  });

  it.each([
    [{ grid: 32 }, "plugins.cpc.grid must be less than 32, the image's pixels along a side, got 32."],
    [
      { grid: 4, stepsToPredict: 1, stride: 11 },
      "plugins.cpc.stride must be null or at most 10, so that 4 patches fit into 32 pixels, got 11.",
    ],
    [
      { stepsToIgnore: 6 },
      "plugins.cpc.stepsToIgnore must be at most 5, so that one of the grid's 7 rows is left to predict " +
        "from the first, got 6.",
    ],
    [
      { grid: 5 },
      "plugins.cpc.stepsToPredict must be at most 2, the rows after the first of 5 and the 2 ignored, got 3.",
    ],
  ])("refuses a grid that does not fit: %j", async (options, message) => {
    expect(await refusal(() => runOf(options))).toContain(`INVALID_OPTION: ${message}`);
  });
});

describe("what evaluation sees", () => {
  const grid = { rows: 3, columns: 3, size: 4, stride: 2 };
  const images = () => tf.tensor4d(fill("images", 2 * 8 * 8 * 3, 1), [2, 8, 8, 3]);

  it("is cut where the recipe cuts", () => {
    const bytes = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => i);
    const recipe = [{ op: "stretch", size: 8 }, { op: "patches", ...grid }] as const; // prettier-ignore
    const { image } = applyRecipe({ width: 8, height: 8, data: bytes }, recipe, randomStream(1));
    const cut = cutPatches(tf.tensor4d(Float32Array.from(bytes), [1, 8, 8, 3]), grid);
    expect(cut.shape).toEqual([9, 4, 4, 3]);
    expect(Array.from(cut.dataSync())).toEqual(Array.from(image.data));
  });

  it("is the mean of the encodings of an image's patches", () => {
    const run = runOf({ ...small, grid: 3, stride: 2, stepsToPredict: 1 }, 8);
    const features = run.representation.features(images());
    // The encoder is a dense layer on a patch's mean colour, so the mean of encodings is that of the mean.
    const colours = tf.mean(tf.reshape(cutPatches(images(), grid), [9, 2, 16, 3]), [0, 2]);
    const [weight, bias] = ["weight", "bias"].map(
      (name) => run.store.get(`cpc.network.encoder.fc.${name}`).variable,
    );
    expect(features.shape).toEqual([2, 4]);
    assertClose(features, numbersOf(tf.add(tf.matMul(colours, weight as never), bias!)), 1e-5);
  });
});
