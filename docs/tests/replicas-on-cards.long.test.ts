import { forecastStep, startEngine } from "@tssl/engine";
import { beforeAll, expect, it } from "vitest";

import { compositions } from "../../packages/cli/src/compositions.test.data.ts";
import { imagenetStatistics } from "../../packages/core/src/networks/normalize-images.ts";
import { blankParts } from "../../packages/core/src/training/blank-parts.ts";
import { isShared, stepInputs, trainingStep } from "../../packages/core/src/training/compile-run.ts";
import { composedRun } from "./composed-run.ts";

// Compiles for GPUs that are not here, with a download of 135 MB at the first time.

const CARDS = 8;

beforeAll(() => startEngine({ device: "cpu" }));

/** As many groups of batch norm as cards, where a composition has any. */
const inGroups = (config: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  ...config,
  plugins: (config["plugins"] as readonly Record<string, unknown>[]).map((plugin) =>
    "batchNormGroups" in plugin ? { ...plugin, batchNormGroups: CARDS } : plugin,
  ),
});

it.each(compositions.map(({ name, config }) => [name, config] as const))(
  "%s compiles for 8 H100, and takes less memory on each than on one",
  { timeout: 600_000 },
  async (_, config) => {
    const memory = async (replicas: number): Promise<number> => {
      const run = composedRun({ encoder: { use: "resnet20" }, ...inGroups(config) }, replicas);
      try {
        const step = trainingStep(run, imagenetStatistics, { phase: run.phaseAt(0) });
        const forecast = await forecastStep(step, stepInputs(blankParts(run), 0.03), {
          state: run.store.variables(),
          precision: "bfloat16",
          tensorFloat32: false,
          card: "h100",
          replicas,
          shared: isShared,
        });
        return forecast.memory.peak;
      } finally {
        run.dispose();
      }
    };
    expect(await memory(CARDS)).toBeLessThan(await memory(1));
  },
);
