import path from "node:path";

import { invalidConfig, liesIn, originalOf, type Problem } from "@tssl/core/internal";
import { configFileOf, parseConfig, readRunContent, type RunConfig, TsslError } from "@tssl/core/run";

import { isSection, type Section, withAbsolutePaths } from "./config-section.ts";
import { type ConfigLayer, mergedLayers, readConfigLayers, withBaseLayers } from "./extended-config.ts";
import {
  applyOverrides,
  namesAnother,
  overriddenPath,
  type Override,
  type OwnName,
  useOf,
  usesIn,
} from "./overrides.ts";
import { ownNames, withModules } from "./registry.ts";

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
 * Reads and checks the config in a run's folder, with the modules that the run keeps: it is read as it was
 * trained, wherever the files that they come from are now.
 *
 * @throws {TsslError} RUN_FOLDER if the folder is not that of a run; INVALID_CONFIG
 */
export const readConfigOfRun = async (runFolder: string): Promise<RunConfig> =>
  (await configOfRun(runFolder, await runLayers(runFolder), [])).config;

/**
 * The same for a run that goes on. Modules are read from the user's files where these are still there, so that
 * a change in them is seen.
 */
export async function readConfigToGoOn(
  runFolder: string,
  overrides: readonly Override[],
): Promise<RunConfig> {
  const layers = await runLayers(runFolder);
  const current = layers.map(async (layer) => ({ ...layer, content: await withOriginals(layer.content) }));
  return (await configOfRun(runFolder, await Promise.all(current), overrides)).config;
}

const runLayers = async (runFolder: string): Promise<readonly ConfigLayer[]> =>
  withBaseLayers({ file: configFileOf(runFolder) }, { content: await readRunContent(runFolder) });

const configOfRun = (runFolder: string, layers: readonly ConfigLayer[], overrides: readonly Override[]) =>
  layeredConfig(layers, overrides, configFileOf(runFolder));

async function withOriginals(content: Section): Promise<Section> {
  const original = async (item: unknown): Promise<unknown> =>
    isSection(item) && typeof item["use"] === "string"
      ? { ...item, use: await originalOf(item["use"]) }
      : item;
  const { plugins, encoder, optimizer } = content;
  return {
    ...content,
    ...(Array.isArray(plugins) && { plugins: await Promise.all(plugins.map(original)) }),
    encoder: await original(encoder),
    optimizer: await original(optimizer),
  };
}

/**
 * Merges and checks layers that have been read. Relative paths in the overrides count from the working
 * directory.
 *
 * @param source name of the config, for error messages.
 * @param folder from which packages that the config names are found.
 */
export async function layeredConfig(
  layers: readonly ConfigLayer[],
  overrides: readonly Override[],
  source: string,
  folder = path.dirname(path.resolve(source)),
): Promise<LayeredConfig> {
  const merged = mergedLayers(layers);
  const names = namesAnother(merged, overrides)
    ? await ownNames(usesIn(merged, overrides), folder)
    : new Map<string, string>();
  const content = applyOverrides(merged, overrides, { ownName: byUse(names) });
  try {
    return { config: await resolveConfig(content, folder, source), layers, overrides, content };
  } catch (error) {
    throw asTyped(error, { layers, overrides, content });
  }
}

/** The own names of the plugins that a checked config uses. */
export const ownNamesIn = ({ plugins, resolved }: RunConfig): OwnName => {
  const uses = (resolved["plugins"] as readonly { readonly use: string }[]).map(({ use }) => use);
  return byUse(new Map(uses.map((use, i) => [use, plugins[i]!.plugin.name])));
};

const byUse =
  (names: ReadonlyMap<string, string>): OwnName =>
  (item) =>
    names.get(useOf(item) ?? "");

/**
 * Problems of plugins that have no name are named by their place. That in the merged list is nowhere to be
 * seen: it becomes that in the file that lists the plugin.
 */
function asTyped(error: unknown, { layers, overrides, content }: Omit<LayeredConfig, "config">): unknown {
  if (!(error instanceof TsslError) || error.data === undefined || !("problems" in error.data)) return error;
  const { problems, source } = error.data as unknown as {
    readonly problems: readonly Problem[];
    readonly source: string;
  };
  const set = overrides.map((override) => overriddenPath(override).replaceAll(/\[(\d+)\]/g, ".$1"));
  const typed = problems.map(({ path: place, text }) => {
    const [, index, rest] = /^plugins\.(\d+)(\..*)?$/.exec(place) ?? [];
    if (index === undefined || set.some((each) => liesIn(each, `plugins.${index}`)))
      return { path: place, text };
    const use = useOf((content["plugins"] as readonly unknown[])[Number(index)]);
    for (const { content: own } of [...layers].reverse()) {
      const list = Array.isArray(own["plugins"]) ? (own["plugins"] as readonly unknown[]) : [];
      const at = list.findIndex((item) => use !== undefined && useOf(item) === use);
      if (at >= 0) return { path: `plugins.${at}${rest ?? ""}`, text };
    }
    return { path: place, text };
  });
  return invalidConfig(typed, source);
}

/** Loads the modules that a config names, and checks it. */
export async function resolveConfig(content: Section, folder: string, source: string): Promise<RunConfig> {
  const { raw, registry } = await withModules(withAbsolutePaths(content, folder), folder);
  return parseConfig(raw, registry, source);
}
