import path from "node:path";

import { parse } from "yaml";

import { usageError } from "./errors.ts";

/** One of the configs that are compared: a file, and what is changed in it. */
export interface Variant {
  readonly name: string;
  /** Under the comparison's folder. */
  readonly folder: string;
  readonly config: string;
  /** "path=value", as `--set` takes them. */
  readonly overrides: readonly string[];
}

interface Change {
  readonly name: string;
  readonly override: string;
}

/**
 * The variants of a comparison: the config files themselves, or one file with every combination of the varied values.
 *
 * @param vary "plugins.clsa.beta=0,0.5,1": the values as in a YAML list. Of several the last changes fastest.
 * @param set applied to all of them.
 */
export function variantsOf(
  configs: readonly string[],
  vary: readonly string[],
  set: readonly string[],
): readonly Variant[] {
  if (vary.length > 0 && configs.length > 1) {
    throw usageError(`--vary varies one config, got ${configs.length}: ${configs.join(", ")}.`);
  }
  const variants =
    vary.length > 0
      ? combinations(vary.map(changesOf)).map((changes) => ({
          name: changes.map(({ name }) => name).join(", "),
          config: configs[0]!,
          overrides: [...set, ...changes.map(({ override }) => override)],
        }))
      : configs.map((config) => ({ name: path.parse(config).name, config, overrides: set }));
  if (variants.length < 2) {
    throw usageError("There is nothing to compare: give two configs, or one and --vary path=value,value.");
  }
  return variants.map((variant, i) => {
    const folder = variant.name.replaceAll(/[^\w.=-]+/g, "-");
    const same = variants.findIndex((other) => other.name.replaceAll(/[^\w.=-]+/g, "-") === folder);
    if (same !== i) {
      throw usageError(
        `Two variants would be called "${variant.name}": ${variants[same]!.config} and ${variant.config}.`,
      );
    }
    return { ...variant, folder };
  });
}

/** One change for each value that a `--vary` lists. */
function changesOf(vary: string): readonly Change[] {
  const [, dotted, list] = /^([^=]+)=(.*)$/s.exec(vary) ?? [];
  const values = list === undefined ? undefined : listOf(list);
  if (dotted === undefined || values === undefined || values.length < 2) {
    throw usageError(
      `--vary must be path=value,value,…, as in plugins.clsa.beta=0,0.5,1, got ${JSON.stringify(vary)}.`,
    );
  }
  return values.map((value) => ({
    name: `${dotted.split(".").slice(-2).join(".")}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    override: `${dotted}=${JSON.stringify(value)}`,
  }));
}

function listOf(list: string): readonly unknown[] | undefined {
  try {
    return parse(`[${list}]`) as unknown[];
  } catch {
    return undefined;
  }
}

/** Every way to take one of each list. */
const combinations = (lists: readonly (readonly Change[])[]): readonly (readonly Change[])[] =>
  lists.reduce<readonly (readonly Change[])[]>(
    (before, changes) => before.flatMap((chosen) => changes.map((change) => [...chosen, change])),
    [[]],
  );
