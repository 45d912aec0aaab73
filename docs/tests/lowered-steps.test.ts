import { startEngine } from "@tssl/engine";
import { smallConvNet } from "@tssl/core/testing";
import { beforeAll, expect, it } from "vitest";

import { compositions } from "../../packages/cli/src/compositions.test.data.ts";
import { lowerStep } from "../../packages/engine/src/lower/module.ts";
import { composedRun } from "./composed-run.ts";
import { recordedRun } from "./recorded-run.ts";

beforeAll(() => startEngine({ device: "cpu" }));

/** Compositions that have all plugins among them; the long tests take all configs. */
const several = compositions.filter(({ name }) => /simclr \+|NCE|two parts/.test(name));

it.each(several)("all steps of $name can be lowered for accelerators", ({ config }) => {
  const run = composedRun({ ...config, encoder: { use: smallConvNet } });
  try {
    const recordings = Object.entries(recordedRun(run));
    expect(recordings.length).toBeGreaterThanOrEqual(3);
    for (const [name, recording] of recordings) {
      const { arguments: given, results, donated } = lowerStep(recording);
      expect(given.length, name).toBeGreaterThan(recording.inputs.length);
      expect(results.length, name).toBe(recording.outputs.length + recording.assigned.size);
      expect(donated.length, name).toBe(recording.assigned.size);
    }
  } finally {
    run.dispose();
  }
});
