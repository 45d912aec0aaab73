import type { RunConfig } from "@tssl/core/run";

import { sourcesOf } from "./config-sources.ts";
import { readConfigLayers } from "./extended-config.ts";
import { type PresetName, presets } from "./presets.ts";
import { layeredConfig } from "./read-run-config.ts";

/** A preset as a run resolves it, with where each option's value comes from; its images are nowhere. */
export async function presetConfig(
  preset: PresetName,
): Promise<{ readonly config: RunConfig; readonly sources: Readonly<Record<string, string>> }> {
  const layers = [
    ...(await readConfigLayers(presets[preset])),
    { file: preset, content: { data: { train: "." } } },
  ];
  const layered = await layeredConfig(layers, [], preset, {
    folder: ".",
    trust: { config: "own", given: false },
  });
  return { config: layered.config, sources: sourcesOf(layered) };
}
