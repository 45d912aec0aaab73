// The sentences of errors RUN_FOLDER and USAGE on comparisons.

import { didYouMean, shownValue as quoted } from "@tssl/core/internal";
import { TsslError } from "@tssl/core/run";

import { UsageError } from "../errors.ts";

/** @param difference "variants.1.resolved.epochs was 2, is 3". */
export const anotherComparison = (folder: string, difference: string): TsslError =>
  new TsslError(
    "RUN_FOLDER",
    `${folder} holds another comparison: ${difference}. Choose another folder with --out.`,
    { data: { folder, difference } },
  );

export const notAComparison = (folder: string): TsslError =>
  new TsslError(
    "RUN_FOLDER",
    `${folder} must be a new or empty folder, or that of a comparison. Choose another with --out.`,
    { data: { folder } },
  );

export const malformedVary = (vary: string): UsageError =>
  new UsageError(`--vary must be path=value,value,…, as in plugins.clsa.beta=0,0.5,1, got ${quoted(vary)}.`, {
    option: "--vary",
    got: vary,
  });

export const nothingToCompare = (): UsageError =>
  new UsageError("There is nothing to compare: give two configs, or one config and --vary path=value,value.");

export const sameVariantName = (name: string, first: string, second: string): UsageError =>
  new UsageError(`Two variants would be called "${name}": ${first} and ${second}.`, {
    name,
    configs: [first, second],
  });

/**
 * @param known names that a baseline can have: those of variants, and their values in a sweep of one option.
 */
export const unknownBaseline = (got: string, known: readonly string[]): UsageError =>
  new UsageError(
    `--baseline must be one of ${known.join(", ")}, got ${quoted(got)}.${didYouMean(got, known)}`,
    { option: "--baseline", got },
  );

export const variesSeveralConfigs = (configs: readonly string[]): UsageError =>
  new UsageError(`--vary varies one config, got ${configs.length}: ${configs.join(", ")}.`, {
    option: "--vary",
    configs,
  });
