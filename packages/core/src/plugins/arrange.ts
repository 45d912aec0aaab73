import { patchGridOf } from "@tssl/augment-zoo";

import type { TsslError } from "../errors.ts";
import {
  listedTwice,
  nothingPublishes,
  noViews,
  otherContract,
  publishedTwice,
  requiredInACircle,
  viewsDiffer,
} from "../messages/plugins.ts";
import { type ConfiguredPlugin, viewsOf } from "./configured-plugin.ts";
import { CONTRACT_VERSION, type View } from "./plugin.ts";
import type { Publication } from "./publication.ts";
import type { RunFacts } from "./run-facts.ts";

/**
 * The order in which plugins run within a step: that of the config, except that one comes after those that
 * publish what it requires or uses.
 *
 * @throws {TsslError} INVALID_PLUGIN if two plugins have one name, a contract version differs, two plugins
 * publish the same, nothing publishes what is required, or plugins wait for each other in a circle.
 */
export function arrangePlugins(configured: readonly ConfiguredPlugin[]): readonly ConfiguredPlugin[] {
  const names = configured.map(({ plugin }) => plugin.name);
  for (const { plugin } of configured) {
    const version: number = plugin.contract;
    if (version !== CONTRACT_VERSION) throw otherContract(plugin.name, version, CONTRACT_VERSION);
    if (names.filter((name) => name === plugin.name).length > 1) throw listedTwice(plugin.name);
  }
  refuseTwoPublishers(configured);

  const offered = new Set(configured.flatMap(({ plugin }) => namesOf(plugin.publishes)));
  const arranged: ConfiguredPlugin[] = [];
  let waiting = [...configured];
  while (waiting.length > 0) {
    const published = new Set(arranged.flatMap(({ plugin }) => namesOf(plugin.publishes)));
    const next = waiting.find(({ plugin }) =>
      [...namesOf(plugin.requires), ...namesOf(plugin.uses).filter((name) => offered.has(name))].every(
        (name) => published.has(name),
      ),
    );
    if (next === undefined) throw cannotRun(waiting, offered, configured);
    arranged.push(next);
    waiting = waiting.filter((plugin) => plugin !== next);
  }
  return arranged;
}

const namesOf = (publications: readonly Publication[] = []): string[] => publications.map(({ name }) => name);

/** Two methods in one run: a term on top of them could not tell which of them it is for. */
function refuseTwoPublishers(configured: readonly ConfiguredPlugin[]): void {
  const publisherOf = new Map<string, string>();
  for (const { plugin } of configured) {
    for (const name of namesOf(plugin.publishes)) {
      const earlier = publisherOf.get(name);
      if (earlier !== undefined) throw publishedTwice([earlier, plugin.name], name);
      publisherOf.set(name, plugin.name);
    }
  }
}

function cannotRun(
  waiting: readonly ConfiguredPlugin[],
  offered: ReadonlySet<string>,
  configured: readonly ConfiguredPlugin[],
): TsslError {
  for (const { plugin } of waiting) {
    const missing = namesOf(plugin.requires).find((name) => !offered.has(name));
    if (missing !== undefined)
      return nothingPublishes(plugin.name, missing, methodsBeside(plugin.name, configured));
  }
  return requiredInACircle(waiting.map(({ plugin }) => plugin.name));
}

/** Those that take images: what only measures or adds to others is no method. */
const methodsBeside = (name: string, configured: readonly ConfiguredPlugin[]): readonly string[] =>
  configured.flatMap(({ plugin }) =>
    plugin.name === name || plugin.views === undefined ? [] : [plugin.name],
  );

const ofWholeImages = (views: Readonly<Record<string, View>>): Readonly<Record<string, View>> =>
  Object.fromEntries(Object.entries(views).filter(([, { recipe }]) => patchGridOf(recipe) === undefined));

/**
 * All views of a run by name: the union of what its plugins ask for, so that none is made that nobody reads.
 *
 * @param arranged in running order: a plugin may build on the views of those before it, but for patches.
 * @throws {TsslError} INVALID_PLUGIN if two plugins mean different views by one name, or no plugin asks for
 * any.
 */
export function collectViews(
  arranged: readonly ConfiguredPlugin[],
  facts: RunFacts,
): Readonly<Record<string, View>> {
  const views: Record<string, View> = {};
  const askedBy: Record<string, string> = {};
  for (const configured of arranged) {
    const { plugin } = configured;
    const asked = viewsOf(configured, { ...facts, views: ofWholeImages(views) });
    for (const [name, view] of Object.entries(asked)) {
      const earlier = views[name];
      if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(view)) {
        throw viewsDiffer(plugin.name, askedBy[name]!, name);
      }
      views[name] = view;
      askedBy[name] ??= plugin.name;
    }
  }
  if (Object.keys(views).length === 0) throw noViews();
  return views;
}
