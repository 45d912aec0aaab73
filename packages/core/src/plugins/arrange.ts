import { TsslError } from "../errors.ts";
import { inHook } from "./in-hook.ts";
import { CONTRACT_VERSION, type AnyPlugin, type View } from "./plugin.ts";
import type { RunFacts } from "./run-facts.ts";

/** A plugin with its checked options, as the config asked for it. */
export interface ConfiguredPlugin {
  readonly plugin: AnyPlugin;
  readonly options: Readonly<object>;
}

/**
 * The order in which plugins run within a step: that of the config, except that one comes after those that publish what it requires.
 *
 * @throws {TsslError} INVALID_PLUGIN if a name stands twice, a contract version differs, nothing publishes what is required, or
 * plugins require each other in a circle.
 */
export function arrangePlugins(configured: readonly ConfiguredPlugin[]): readonly ConfiguredPlugin[] {
  const names = configured.map(({ plugin }) => plugin.name);
  for (const { plugin } of configured) {
    const version: number = plugin.contract;
    if (version !== CONTRACT_VERSION) {
      throw new TsslError(
        "INVALID_PLUGIN",
        `[${plugin.name}] was written for contract ${version}; this tssl has contract ${CONTRACT_VERSION}. Update the plugin.`,
      );
    }
    if (names.filter((name) => name === plugin.name).length > 1) {
      throw new TsslError("INVALID_PLUGIN", `plugins: "${plugin.name}" stands there more than once.`);
    }
  }

  const arranged: ConfiguredPlugin[] = [];
  let waiting = [...configured];
  while (waiting.length > 0) {
    const published = new Set(
      arranged.flatMap(({ plugin }) => (plugin.publishes ?? []).map(({ name }) => name)),
    );
    const next = waiting.find(({ plugin }) =>
      (plugin.requires ?? []).every(({ name }) => published.has(name)),
    );
    if (next === undefined) throw nothingPublishes(waiting, configured);
    arranged.push(next);
    waiting = waiting.filter((plugin) => plugin !== next);
  }
  return arranged;
}

function nothingPublishes(waiting: readonly ConfiguredPlugin[], all: readonly ConfiguredPlugin[]): TsslError {
  const offered = new Set(all.flatMap(({ plugin }) => (plugin.publishes ?? []).map(({ name }) => name)));
  for (const { plugin } of waiting) {
    const missing = (plugin.requires ?? []).find(({ name }) => !offered.has(name));
    if (missing === undefined) continue;
    throw new TsslError(
      "INVALID_PLUGIN",
      `plugins: "${plugin.name}" needs a plugin that publishes "${missing.name}", and none here does. Add a method such as moco.`,
    );
  }
  const circle = waiting.map(({ plugin }) => plugin.name).join(", ");
  return new TsslError("INVALID_PLUGIN", `plugins: ${circle} require each other in a circle.`);
}

/**
 * All views of a run by name: the union of what its plugins ask for, so that none is made that nobody reads.
 *
 * @param arranged in running order: a plugin may build on the views of those before it.
 * @throws {TsslError} INVALID_PLUGIN if two plugins mean different views by one name, or no plugin asks for any.
 */
export function collectViews(
  arranged: readonly ConfiguredPlugin[],
  facts: RunFacts,
): Readonly<Record<string, View>> {
  const views: Record<string, View> = {};
  const askedBy: Record<string, string> = {};
  for (const { plugin, options } of arranged) {
    const asked = inHook(plugin.name, "views", () =>
      plugin.views?.(options as never, { ...facts, views: { ...views } }),
    );
    for (const [name, view] of Object.entries(asked ?? {})) {
      const earlier = views[name];
      if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(view)) {
        throw new TsslError(
          "INVALID_PLUGIN",
          `[${plugin.name}] asks for a view "${name}" that differs from the one of [${askedBy[name]}]. Views of one name are shared; give it a name of its own.`,
        );
      }
      views[name] = view;
      askedBy[name] ??= plugin.name;
    }
  }
  if (Object.keys(views).length === 0) {
    throw new TsslError(
      "INVALID_PLUGIN",
      "plugins: none of them asks for a view, so there is nothing to train on.",
    );
  }
  return views;
}
