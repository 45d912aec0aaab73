import path from "node:path";

import { CARDS, type CardName, forecastStep, startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { readLayeredConfig } from "../../packages/cli/src/read-run-config.ts";
import { blankParts } from "../../packages/core/src/training/blank-parts.ts";
import { stepInputs, trainingStep } from "../../packages/core/src/training/compile-run.ts";
import { prepareRun, runFacts } from "../../packages/core/src/training/prepare-run.ts";
import { configFiles, ROOT } from "./pages.ts";

// Compiles for GPUs that are not here, with a download of 135 MB at the first time: some hours. One card
// alone: -t h100.

/** More than any config has clusters. */
const IMAGES = 100_000;

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(Object.keys(CARDS) as CardName[])("for %s", (card) => {
  it.each(configFiles)("the step of %s compiles", { timeout: 1_800_000 }, async (file) => {
    const images = /\/presets\/|demo\.yaml$/.test(file)
      ? [{ by: "--set" as const, text: "data.train=./images" }]
      : [];
    const { config } = await readLayeredConfig(path.join(ROOT, file), images);
    const { data, engine } = config.settings;
    const run = prepareRun(config, runFacts(config, IMAGES));
    try {
      const step = trainingStep(run, data, { phase: run.phaseAt(0) });
      const { memory, flops } = await forecastStep(step, stepInputs(blankParts(run), 0.03), {
        state: run.store.variables(),
        precision: engine.precision === "bfloat16" ? "bfloat16" : "float32",
        tensorFloat32: engine.precision === "tf32",
        card,
      });
      expect(memory.peak).toBeGreaterThan(memory.arguments);
      expect(flops).toBeGreaterThan(0);
    } finally {
      run.dispose();
    }
  });
});
