import path from "node:path";

import { configFileOf, parseConfig, readRunContent, type RunConfig } from "@tssl/core/run";

import { type Section, withAbsolutePaths } from "./config-section.ts";
import { type ConfigLayer, mergedLayers, readConfigLayers, withBaseLayers } from "./extended-config.ts";
import { applyOverrides, type Override } from "./overrides.ts";
import { withModules } from "./registry.ts";

/** A checked config and its parts. */
export interface LayeredConfig {
  readonly config: RunConfig;
  readonly layers: readonly ConfigLayer[];
  readonly overrides: readonly Override[];
  /** Layers and overrides merged, without defaults. */
  readonly content: Section;
}

/**
 * Reads and checks a config file and the files that it extends. Paths in a file are relative to its own
 * folder.
 *
 * @param overrides applied after reading and before checking; values as in YAML.
 * @throws {TsslError} INVALID_CONFIG
 */
export const readLayeredConfig = async (
  file: string,
  overrides: readonly Override[],
): Promise<LayeredConfig> => layeredConfig(await readConfigLayers(file), overrides, file);

/** The config of `readLayeredConfig`. */
export const readRunConfig = async (file: string, overrides: readonly Override[] = []): Promise<RunConfig> =>
  (await readLayeredConfig(file, overrides)).config;

/**
 * Reads and checks the config in a run's folder.
 *
 * @throws {TsslError} RUN_FOLDER if the folder is not that of a run; INVALID_CONFIG
 */
export async function readConfigOfRun(
  runFolder: string,
  overrides: readonly Override[] = [],
): Promise<RunConfig> {
  const file = configFileOf(runFolder);
  const layers = await withBaseLayers({ file }, { content: await readRunContent(runFolder) });
  return (await layeredConfig(layers, overrides, file)).config;
}

/**
 * Merges and checks layers that have been read.
 *
 * @param source name of the config, for error messages.
 * @param folder of relative paths in the overrides.
 */
export async function layeredConfig(
  layers: readonly ConfigLayer[],
  overrides: readonly Override[],
  source: string,
  folder = path.dirname(path.resolve(source)),
): Promise<LayeredConfig> {
  const content = applyOverrides(mergedLayers(layers), overrides);
  return { config: await resolveConfig(content, folder, source), layers, overrides, content };
}

/** Loads the modules that a config names, and checks it. */
export async function resolveConfig(content: Section, folder: string, source: string): Promise<RunConfig> {
  const { raw, registry } = await withModules(withAbsolutePaths(content, folder), folder);
  return parseConfig(raw, registry, source);
}
