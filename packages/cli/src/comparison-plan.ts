import { readdir, rm } from "node:fs/promises";
import path from "node:path";

import { type RunConfig, TsslError } from "@tssl/core/run";
import { makeFolders } from "@tssl/engine";
import {
  anything,
  definitionsIn,
  listOf,
  namesIn,
  object,
  readJsonFile,
  recordOf,
  type Section,
  type Shape,
  text as textShape,
  withNewDefaults,
  withoutSecretsIn,
  writeWhole,
} from "@tssl/core/internal";

import { type ConfigLayer, readConfigLayers } from "./extended-config.ts";
import { anotherComparison, notAComparison } from "./messages/comparisons.ts";
import { variantsRefused } from "./messages/config.ts";
import { setBy } from "./overrides.ts";
import { layeredConfig } from "./read-run-config.ts";
import { type TrustFlag, trustIn } from "./trust.ts";
import type { Variant } from "./variants.ts";

const PLAN = "plan.json";

/** The variants that a comparison trains. */
export interface ComparisonPlan {
  readonly variants: readonly PlannedVariant[];
}

export interface PlannedVariant extends Omit<Variant, "varied" | "config"> {
  /** Absolute path of the config file. */
  readonly file: string;
  readonly config: RunConfig;
}

/** The same as plan.json in the comparison's folder has it. */
interface KeptPlan {
  readonly variants: readonly KeptVariant[];
}

interface KeptVariant extends Omit<Variant, "varied"> {
  /** The whole config with defaults, as plain data. */
  readonly resolved: Section;
}

/**
 * Reads and checks the config of every variant. A file with several variants is read once.
 *
 * @throws {TsslError} INVALID_CONFIG with the problems of all variants.
 */
export async function planComparison(
  variants: readonly Variant[],
  flags: TrustFlag,
): Promise<ComparisonPlan> {
  const files = new Map<string, Promise<readonly ConfigLayer[]>>();
  const layersOf = (file: string) => {
    const layers = files.get(file) ?? readConfigLayers(file);
    files.set(file, layers);
    return layers;
  };
  const refused = new Map<string, TsslError>();
  const planned: PlannedVariant[] = [];
  for (const variant of variants) {
    const { name, folder, config: file, overrides } = variant;
    try {
      const { config } = await layeredConfig(await layersOf(file), overrides.map(setBy), file, {
        trust: trustIn(file, flags),
      });
      planned.push({ name, file: path.resolve(file), overrides, folder, config });
    } catch (error) {
      if (!(error instanceof TsslError) || error.code === "UNTRUSTED") throw error;
      refused.set(name, error);
    }
  }
  if (refused.size > 0) throw variantsRefused(refused);
  return { variants: planned };
}

const keptPlan = ({ variants }: ComparisonPlan): KeptPlan =>
  withoutSecretsIn({
    variants: variants.map(({ name, file, overrides, folder, config }) => ({
      ...{ name, config: file, overrides, folder, resolved: config.resolved },
    })),
  });

const planShape: Shape<KeptPlan> = object({
  variants: listOf(
    object({
      ...{ name: textShape, folder: textShape, config: textShape },
      ...{ overrides: listOf(textShape), resolved: recordOf(anything) },
    }),
  ),
});

/**
 * Opens the folder of a comparison: a new or empty folder, or one with the same plan, which is then
 * continued.
 *
 * @throws {TsslError} RUN_FOLDER if it holds something else, or a plan that differs; the message names the
 * first difference. FILE_DAMAGED if the plan is none.
 */
export async function openComparison(folder: string, plan: ComparisonPlan): Promise<void> {
  const file = path.join(folder, PLAN);
  const text = `${JSON.stringify(keptPlan(plan), undefined, 2)}\n`;
  const saved = await readJsonFile(file, planShape);
  if (saved !== undefined) {
    const difference = firstDifference(completed(saved, plan), JSON.parse(text), "");
    if (difference === undefined) return;
    throw anotherComparison(folder, difference);
  }
  const inside = await namesIn(folder);
  if (inside.length > 0) throw notAComparison(folder);
  makeFolders(folder);
  await writeWhole(file, text);
}

/** A plan with the defaults of options that have come since it was written. */
const completed = ({ variants }: KeptPlan, plan: ComparisonPlan): KeptPlan => ({
  variants: variants.map((variant, i) => {
    const now = plan.variants[i]?.config;
    if (now === undefined) return variant;
    return {
      ...variant,
      resolved: withoutSecretsIn(asJson(withNewDefaults(variant.resolved, definitionsIn(now)))),
    };
  }),
});

/** A value as it comes back from a file. */
const asJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/**
 * Deletes the plan of a comparison in which no run has begun, so that a corrected one may take its folder.
 *
 * @returns whether that was so.
 */
export async function forgetEmptyComparison(folder: string): Promise<boolean> {
  const inside = await readdir(folder, { recursive: true, withFileTypes: true });
  if (inside.some((entry) => entry.isFile() && entry.name !== PLAN)) return false;
  await rm(folder, { recursive: true });
  return true;
}

/** "variants.1.resolved.epochs was 2, is 3"; undefined where nothing differs. */
function firstDifference(before: unknown, now: unknown, at: string): string | undefined {
  if (isObject(before) && isObject(now)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const place = `${at}${at === "" ? "" : "."}${key}`;
      const difference = firstDifference(before[key], now[key], place);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (before === now) return undefined;
  return `${at} was ${JSON.stringify(before) ?? "absent"}, is ${JSON.stringify(now) ?? "absent"}`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
