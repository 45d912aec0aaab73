import path from "node:path";

import { startEngine } from "@tssl/engine";
import { beforeAll, expect, it } from "vitest";

import { readLayeredConfig } from "../../packages/cli/src/read-run-config.ts";
import { prepareRun, runFacts } from "../../packages/core/src/training/prepare-run.ts";
import { asLowered } from "../../packages/engine/src/compile/as-lowered.ts";
import { lowerStep } from "../../packages/engine/src/lower/module.ts";
import { configFiles, ROOT } from "./pages.ts";
import { recordedRun } from "./recorded-run.ts";

/** More than any config has clusters. */
const IMAGES = 100_000;

beforeAll(() => startEngine({ device: "cpu" }));

it.each(configFiles)("all steps of %s can be lowered for accelerators", async (file) => {
  const images = /\/presets\/|demo\.yaml$/.test(file)
    ? [{ by: "--set" as const, text: "data.train=./images" }]
    : [];
  const { config } = await readLayeredConfig(path.join(ROOT, file), images);
  const run = prepareRun(config, runFacts(config, IMAGES));
  try {
    for (const [name, recording] of Object.entries(recordedRun(run))) {
      const { arguments: given, results } = lowerStep(asLowered(recording, "float32"));
      expect(given.length, name).toBeGreaterThan(recording.inputs.length);
      expect(results.length, name).toBe(recording.outputs.length + recording.assigned.size);
    }
  } finally {
    run.dispose();
  }
});
