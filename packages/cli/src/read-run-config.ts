import path from "node:path";

import {
  invalidConfig,
  isKnown,
  isSection,
  liesIn,
  originalOf,
  type Problem,
  type Section,
} from "@tssl/core/internal";
import { configFileOf, parseConfig, readRunContent, type RunConfig, TsslError } from "@tssl/core/run";

import { imagesOf, withAbsolutePaths } from "./config-section.ts";
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
import { ownNames, rememberNamed, withModules } from "./registry.ts";
import { requireKnownServers, type Trust, type TrustFlag, trustIn } from "./trust.ts";

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
 * @throws {TsslError} INVALID_CONFIG; UNTRUSTED for the config of a run folder, as `readConfigOfRun`
 */
export const readLayeredConfig = async (
  file: string,
  overrides: readonly Override[],
  flags: TrustFlag = { trust: false },
): Promise<LayeredConfig> =>
  layeredConfig(await readConfigLayers(file), overrides, file, { trust: trustIn(file, flags) });

/** The config of `readLayeredConfig`. */
export const readRunConfig = async (
  file: string,
  overrides: readonly Override[] = [],
  flags?: TrustFlag,
): Promise<RunConfig> => (await readLayeredConfig(file, overrides, flags)).config;

/**
 * Reads and checks the config in a run's folder, with the modules that the run keeps: it is read as it was
 * trained, wherever the files that they come from are now.
 *
 * @throws {TsslError} RUN_FOLDER if the folder is not that of a run; UNTRUSTED if it names code that the
 * user has neither run nor trusts; INVALID_CONFIG
 */
export const readConfigOfRun = async (runFolder: string, flags: TrustFlag): Promise<RunConfig> =>
  (await configOfRun(runFolder, await runLayers(runFolder), [], flags)).config;

/**
 * The same for a run that goes on. Modules are read from the user's files where these are still there, so
 * that a change in them is seen.
 */
export async function readConfigToGoOn(
  runFolder: string,
  overrides: readonly Override[],
  flags: TrustFlag,
): Promise<RunConfig> {
  const layers = await runLayers(runFolder);
  const current = layers.map(async (layer) => ({
    ...layer,
    content: await withOriginals(layer.content, flags),
  }));
  return (await configOfRun(runFolder, await Promise.all(current), overrides, flags)).config;
}

const runLayers = async (runFolder: string): Promise<readonly ConfigLayer[]> =>
  withBaseLayers({ file: configFileOf(runFolder) }, { content: await readRunContent(runFolder) });

const configOfRun = (
  runFolder: string,
  layers: readonly ConfigLayer[],
  overrides: readonly Override[],
  { trust }: TrustFlag,
) => layeredConfig(layers, overrides, configFileOf(runFolder), { trust: { config: "run", given: trust } });

/** A run from elsewhere may name any file of this machine as an original: one is taken if it is known. */
async function withOriginals(content: Section, { trust }: TrustFlag): Promise<Section> {
  const original = async (item: unknown): Promise<unknown> => {
    if (!isSection(item) || typeof item["use"] !== "string") return item;
    const file = await originalOf(item["use"]);
    return file !== undefined && (trust || (await isKnown({ file }))) ? { ...item, use: file } : item;
  };
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
 * @param options.folder from which packages that the config names are found. Default: that of `source`.
 * @param options.trust which of its modules may be loaded.
 */
export async function layeredConfig(
  layers: readonly ConfigLayer[],
  overrides: readonly Override[],
  source: string,
  { folder = path.dirname(path.resolve(source)), trust }: { readonly folder?: string; readonly trust: Trust },
): Promise<LayeredConfig> {
  const merged = mergedLayers(layers);
  if (trust.config === "run") await rememberNamed(usesIn({}, overrides), folder);
  const names = namesAnother(merged, overrides)
    ? await ownNames(usesIn(merged, overrides), folder, trust)
    : new Map<string, string>();
  const content = applyOverrides(merged, overrides, { ownName: byUse(names) });
  try {
    const config = await resolveConfig(content, folder, source, trust);
    const named = imagesOf(merged);
    const set = imagesOf(content).filter((source) => !named.includes(source));
    await requireKnownServers(set, { config: "own", given: trust.given }); // the user's word, as any override
    await requireKnownServers(
      imagesOf(content).filter((source) => named.includes(source)),
      trust,
    );
    return { config, layers, overrides, content };
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
export async function resolveConfig(
  content: Section,
  folder: string,
  source: string,
  trust: Trust = { config: "own", given: false },
): Promise<RunConfig> {
  const { raw, registry } = await withModules(withAbsolutePaths(content, folder), folder, trust);
  return parseConfig(raw, registry, source);
}
