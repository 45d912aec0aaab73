import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { cifar10Subset } from "@tssl/demo-data";
import { runTraining } from "@tssl/core/run";

import { readConfigLayers } from "./extended-config.ts";
import { type PresetName, presets } from "./presets.ts";
import { layeredConfig } from "./read-run-config.ts";

/** Steps of a miniature: few enough that rounding has not grown into another trajectory. */
export const MINIATURE_STEPS = 5;

/**
 * The losses of a preset's first steps on the bundled images, with seed 0: the same numbers on every machine,
 * but for rounding.
 */
export async function miniatureLosses(
  preset: PresetName,
  mode: "graph" | "eager" = "graph",
): Promise<readonly number[]> {
  const { train } = await cifar10Subset();
  const engine = { device: "cpu", mode };
  const layers = [
    ...(await readConfigLayers(presets[preset])),
    { file: "the miniature", content: { data: { train }, seed: 0, engine } },
  ];
  const { config } = await layeredConfig(layers, [], preset, {
    folder: ".",
    trust: { config: "own", given: false },
  });
  const folder = await mkdtemp(path.join(tmpdir(), "tssl-miniature-"));
  const over = new AbortController();
  const losses: number[] = [];
  try {
    const { status, reason } = await runTraining({
      config,
      out: path.join(folder, "run"),
      signal: over.signal,
      observers: [
        {
          onStep({ values }) {
            losses.push(values["loss"]!);
            if (losses.length === MINIATURE_STEPS) over.abort();
          },
        },
      ],
    });
    if (status === "failed") throw new Error(reason);
    return losses.slice(0, MINIATURE_STEPS);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
