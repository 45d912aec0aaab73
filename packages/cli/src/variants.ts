import { createHash } from "node:crypto";
import path from "node:path";

import { withoutSecrets } from "@tssl/augment-zoo";
import { asFileName, parseYaml, withoutSecretsIn } from "@tssl/core/internal";
import { variedValueText, type VariedOption } from "@tssl/report";

import {
  malformedVary,
  nothingToCompare,
  sameVariantName,
  unknownBaseline,
  variesSeveralConfigs,
} from "./messages/comparisons.ts";

/** A config of a comparison: a file, and the values that are changed in it. */
export interface Variant {
  readonly name: string;
  /** Name of its folder within that of the comparison. */
  readonly folder: string;
  readonly config: string;
  /** "path=value", as `--set` takes them. */
  readonly overrides: readonly string[];
  /** In a sweep: the options that vary, by their short names, with this variant's values. */
  readonly varied?: readonly VariedOption[];
}

interface Change extends VariedOption {
  readonly name: string;
  readonly override: string;
}

/**
 * The variants of a comparison: the config files themselves, or one file with every combination of the varied
 * values.
 *
 * @param vary "plugins.clsa.beta=0,0.5,1", with values as in a YAML list. If there are several, the last one
 * changes fastest.
 * @param set overrides of all variants.
 * @throws {UsageError} if there are fewer than two variants, two of one name, or --vary is malformed or used
 * with several configs.
 */
export function variantsOf(
  configs: readonly string[],
  vary: readonly string[],
  set: readonly string[],
): readonly Variant[] {
  if (vary.length > 0 && configs.length > 1) {
    throw variesSeveralConfigs(configs);
  }
  const variants =
    vary.length > 0
      ? combinations(vary.map(changesOf)).map((changes) => ({
          name: changes.map(({ name }) => name).join(", "),
          config: configs[0]!,
          overrides: [...set, ...changes.map(({ override }) => override)],
          varied: changes.map(({ option, value }) => ({ option, value })),
        }))
      : configs.map((config) => ({ name: path.parse(config).name, config, overrides: set }));
  if (variants.length < 2) throw nothingToCompare();
  return variants.map((variant, i) => {
    const folder = folderOf(variant.name);
    const same = variants.findIndex((other) => folderOf(other.name) === folder);
    if (same !== i) throw sameVariantName(variant.name, variants[same]!.config, variant.config);
    return { ...variant, folder };
  });
}

/** A name without spaces, to be typed with ease. One that is cut ends in a digest of the whole. */
function folderOf(name: string): string {
  const plain = name.replaceAll(/[^\w.=+-]+/g, "-");
  if (asFileName(plain) === plain) return plain;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${asFileName(plain)}-${digest}`;
}

/**
 * The variant that the others are compared with: the first, or the one that `--baseline` names, in a sweep of
 * one option by its value alone.
 *
 * @throws {UsageError} if there is none of that name.
 */
export function baselineOf(variants: readonly Variant[], named: string | undefined): Variant {
  const known = new Map(
    variants.flatMap((variant) => {
      const [only, ...others] = variant.varied ?? [];
      const value =
        only === undefined || others.length > 0 ? [] : [[variedValueText(only.value), variant] as const];
      return [...value, [variant.name, variant] as const];
    }),
  );
  const baseline = named === undefined ? variants[0]! : known.get(named);
  if (baseline === undefined) throw unknownBaseline(named!, [...known.keys()]);
  return baseline;
}

/** One change for each value in a `--vary`. */
function changesOf(vary: string): readonly Change[] {
  const [, dotted, list] = /^([^=]+)=(.*)$/s.exec(vary) ?? [];
  const values = list === undefined ? undefined : listOf(list);
  if (dotted === undefined || values === undefined || values.length < 2) {
    throw malformedVary(vary);
  }
  const option = dotted.split(".").slice(-2).join(".");
  return values.map((value) => ({
    option,
    value: withoutSecretsIn(value),
    name: withoutSecrets(`${option}=${variedValueText(value)}`),
    override: `${dotted}=${JSON.stringify(value)}`,
  }));
}

function listOf(list: string): readonly unknown[] | undefined {
  try {
    return parseYaml(`[${list}]`) as unknown[];
  } catch {
    return undefined;
  }
}

/** Every combination of one change from each list. */
const combinations = (lists: readonly (readonly Change[])[]): readonly (readonly Change[])[] =>
  lists.reduce<readonly (readonly Change[])[]>(
    (before, changes) => before.flatMap((chosen) => changes.map((change) => [...chosen, change])),
    [[]],
  );
