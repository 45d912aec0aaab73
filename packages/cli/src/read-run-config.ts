import path from "node:path";

import { parseConfig, type RunConfig } from "@tssl/core/run";

import { type Section, withAbsolutePaths } from "./config-section.ts";
import { type ConfigLayer, mergedLayers, readConfigLayers } from "./extended-config.ts";
import { applyOverrides } from "./overrides.ts";
import { withModules } from "./registry.ts";

/** A checked config, and what it was made of. */
export interface LayeredConfig {
  readonly config: RunConfig;
  readonly layers: readonly ConfigLayer[];
  /** What layers and overrides say together, without defaults. */
  readonly content: Section;
}

/**
 * Reads and checks a config file, with what it extends. Paths in it count from the file's own folder.
 *
 * @param overrides "optimizer.lr=0.1": set after reading, before checking; values as in YAML.
 */
export async function readLayeredConfig(file: string, overrides: readonly string[]): Promise<LayeredConfig> {
  const layers = await readConfigLayers(file);
  const content = applyOverrides(mergedLayers(layers), overrides);
  return { config: await resolveConfig(content, path.dirname(path.resolve(file)), file), layers, content };
}

/** The config of `readLayeredConfig`. */
export async function readRunConfig(file: string, overrides: readonly string[] = []): Promise<RunConfig> {
  return (await readLayeredConfig(file, overrides)).config;
}

/** Checks a config that is at hand. */
export async function resolveConfig(content: Section, folder: string, source: string): Promise<RunConfig> {
  const { raw, registry } = await withModules(withAbsolutePaths(content, folder), folder);
  return parseConfig(raw, registry, source);
}
