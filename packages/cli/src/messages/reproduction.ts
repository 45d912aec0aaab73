// The sentences of errors USAGE on rows of the table, and what came of measuring a figure of it again.

import { percent, shownValue as quoted } from "@tssl/core/internal";
import type { Differences } from "@tssl/report";

import { UsageError } from "../errors.ts";

export const unknownRow = (got: string, known: readonly string[], hint: string): UsageError =>
  new UsageError(`The table has no row ${quoted(got)}.${hint} Rows: ${known.join(", ")}.`, { got });

/** @param measured rows that have receipts. */
export const nothingToReproduce = (system: string, measured: readonly string[]): UsageError =>
  new UsageError(
    `Nothing was measured of ${system} yet, so there is nothing to reproduce. Rows with receipts: ` +
      `${measured.join(", ")}.`,
    { system },
  );

const relative = (difference: number): string => difference.toExponential(1);

/** What to do where a figure does not hold. */
const REPORT_IT =
  "Check the installation with tssl doctor. If it is well, please report this with what doctor prints.";

export const goldenStepsGone = (name: string): string =>
  `The installed plugin has no steps of PyTorch's named ${name} any more. Install one version of all ` +
  "packages.";

/** Steps beside a reference's, by relative differences. */
export interface ComparedSteps {
  readonly name: string;
  readonly steps: number;
  readonly found: Differences;
  readonly tolerance: Differences;
  readonly holds: boolean;
}

export function stepsCompared({ name, steps, found, tolerance, holds }: ComparedSteps): string {
  const parts = (["loss", "gradients", "state"] as const).map(
    (kind) => `${kind} ${relative(found[kind])} (allowed ${relative(tolerance[kind])})`,
  );
  const compared = `${steps} steps of ${name} differ from PyTorch's by: ${parts.join(", ")}.`;
  return holds ? compared : `${compared} ${REPORT_IT}`;
}

export const presetChanged = (preset: string): string =>
  `${preset} no longer has the values that were measured, so its curve says nothing of it. Install the ` +
  "version of tssl that the receipt names, or measure it anew.";

/** The loss of a miniature that is farthest from the receipt's. */
export interface ComparedMiniature {
  readonly preset: string;
  readonly steps: number;
  readonly step: number;
  readonly got: number;
  readonly want: number;
  readonly difference: number;
  readonly tolerance: number;
  readonly holds: boolean;
}

export function miniatureCompared(compared: ComparedMiniature): string {
  const { preset, steps, step, got, want, difference, tolerance, holds } = compared;
  const sentence =
    `Of the first ${steps} losses of ${preset} on the bundled images, that of step ${step} is farthest ` +
    `from the receipt's: ${got.toPrecision(6)}, there ${want.toPrecision(6)}; they differ by ` +
    `${relative(difference)} (allowed ${relative(tolerance)}).`;
  return holds ? sentence : `${sentence} ${REPORT_IT}`;
}

/** Times of steps as multiples of MoCo v2's. */
export interface ComparedCost {
  readonly found: number;
  readonly ratio: number;
  readonly tolerance: number;
  readonly holds: boolean;
}

export function costCompared({ found, ratio, tolerance, holds }: ComparedCost): string {
  const sentence =
    `A step takes ${found.toFixed(2)} times as long as MoCo v2's here, ${ratio.toFixed(2)} times in the ` +
    `receipt (allowed ± ${percent(tolerance)} of it).`;
  return holds
    ? sentence
    : `${sentence} Close other programs and measure again; another processor may have another ratio.`;
}
