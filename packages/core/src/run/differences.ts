import { pluginPath } from "../config/plugin-path.ts";
import { isSection, type Section } from "../config/section.ts";
import { liesIn } from "../state/lies-in.ts";

/** One thing that is not as it was. */
export interface Difference {
  /** As in `--set`: "optimizer.lr", "plugins.moco.queueSize". */
  readonly path: string;
  /** "was 0.06, is 0.03" */
  readonly text: string;
}

/** The name by which a path speaks of a plugin that a config uses. Default: its `use`. */
type NameOf = (use: string) => string | undefined;

/**
 * Every value that differs between two configs, or two parts of them, in the order of the second. Plugins are
 * matched by `use`.
 */
export function differences(
  before: unknown,
  after: unknown,
  path = "",
  nameOf: NameOf = (use) => use,
): readonly Difference[] {
  if (isSection(before) && isSection(after) && before["use"] === after["use"]) {
    const names = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...names].flatMap((name) =>
      differences(before[name], after[name], path === "" ? name : `${path}.${name}`, nameOf),
    );
  }
  if (path === "plugins" && isListOfPlugins(before) && isListOfPlugins(after)) {
    return pluginDifferences(before, after, nameOf);
  }
  const [was, is] = [shown(before), shown(after)];
  return was === is ? [] : [{ path, text: `was ${was}, is ${is}` }];
}

type Plugin = Section & { readonly use: string };

function pluginDifferences(
  before: readonly Plugin[],
  after: readonly Plugin[],
  nameOf: NameOf,
): readonly Difference[] {
  const at = (list: readonly Plugin[], wanted: string) => list.findIndex(({ use }) => use === wanted);
  const uses = [...new Set([...after, ...before].map(({ use }) => use))];
  const found = uses.flatMap((use) => {
    const [was, is] = [at(before, use), at(after, use)];
    return differences(before[was], after[is], pluginPath(nameOf(use), is < 0 ? was : is), nameOf);
  });
  // Sums over terms are in the order of the config.
  const order = (list: readonly Plugin[], other: readonly Plugin[]) =>
    list.map(({ use }) => use).filter((use) => at(other, use) >= 0);
  const [was, is] = [order(before, after), order(after, before)];
  if (shown(was) === shown(is)) return found;
  return [...found, { path: "plugins", text: `the order was ${was.join(", ")}, is ${is.join(", ")}` }];
}

/**
 * Whether a path, or a section that it lies in, is among those named: "plugins.moco.queueSize", "plugins".
 */
export const isNamed = (path: string, named: readonly string[]): boolean =>
  named.some((name) => liesIn(path, name));

const isListOfPlugins = (value: unknown): value is readonly Plugin[] =>
  Array.isArray(value) && value.every((item) => isSection(item) && typeof item["use"] === "string");

const shown = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
