import { sgd } from "@tssl/core/run";
import { assertGoldenSteps, goldenModes, refusal, smallConvNet, testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { byol } from "@tssl/plugin-byol";
import { cpc } from "@tssl/plugin-cpc";
import { moco } from "@tssl/plugin-moco";
import { simclr } from "@tssl/plugin-simclr";
import { supervised } from "@tssl/plugin-supervised";
import { beforeAll, expect, it } from "vitest";

import { clsa } from "./clsa.ts";
import { goldenCaseOn, goldenMultiCropCaseOn } from "./golden.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const compiled = goldenModes.filter((mode) => mode !== "eager");

const cases = [...[moco, simclr, byol].map(goldenCaseOn), goldenMultiCropCaseOn(moco)];

it.each(compiled.flatMap((mode) => cases.map((golden) => ({ mode, ...golden }))))(
  "$name are the ten that PyTorch makes: losses, gradients, networks, queue, optimizer; $mode",
  async ({ mode, plugins, golden }) => {
    expect(Object.keys(golden.steps[0]!.terms).slice(1)).toEqual(["clsa/weakViews", "clsa/ddm"]);
    await assertGoldenSteps(plugins, golden, mode);
  },
);

it.each([
  ["supervised", { use: supervised, classes: 3 }],
  ["cpc", { use: cpc, grid: 5, stepsToPredict: 2 }],
])("refuses %s, which compares no image with another", async (name, method) => {
  const run = () =>
    testRun({
      encoder: { use: smallConvNet },
      plugins: [method, { use: clsa }],
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 4,
    });
  expect(await refusal(run)).toBe(
    `INVALID_PLUGIN: plugins: "clsa" needs a plugin that publishes "embeddingSpace", and ${name} does not. ` +
      'Use a method that does, such as moco, or leave "clsa" out.',
  );
});
