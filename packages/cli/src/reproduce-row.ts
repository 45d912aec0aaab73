import {
  type CostReceipt,
  type CurveReceipt,
  decideTheSame,
  decidingValues,
  type Differences,
  type MeasuredRow,
  type ParityReceipt,
} from "@tssl/report";

import { goldenCasesOf } from "./golden-cases.ts";
import {
  type ComparedMiniature,
  costCompared,
  goldenStepsGone,
  miniatureCompared,
  presetChanged,
  stepsCompared,
} from "./messages/reproduction.ts";
import { miniatureLosses } from "./miniature.ts";
import { presetConfig } from "./preset-config.ts";
import type { PresetName } from "./presets.ts";
import { stepCost } from "./step-cost.ts";

/** What came of measuring a figure again. */
export interface Reproduction {
  readonly figure: "parity" | "curve" | "cost";
  readonly holds: boolean;
  /** What was compared, with its numbers; where it does not hold, what to do. */
  readonly sentence: string;
}

/** Measures the figures of a row again, in miniature. The engine must be started. */
export async function* reproduceRow(
  { id, plugins, receipts: { parity, curve, cost } }: MeasuredRow,
  moco: MeasuredRow,
): AsyncGenerator<Reproduction> {
  if (parity !== undefined) yield* reproduceParity(id, parity);
  if (curve !== undefined) yield* reproduceCurve(curve);
  if (cost !== undefined) yield await reproduceCost(cost, plugins, moco.plugins);
}

/** Takes the reference's steps again, and holds them to its numbers. */
async function* reproduceParity(row: string, receipt: ParityReceipt): AsyncGenerator<Reproduction> {
  const { goldenDifferences } = await import("@tssl/core/testing"); // no other command needs it
  const cases = await goldenCasesOf(row);
  for (const { name, steps, tolerance } of receipt.cases) {
    const golden = cases.find((each) => each.name === name);
    if (golden === undefined) {
      yield { figure: "parity", holds: false, sentence: goldenStepsGone(name) };
      continue;
    }
    const found = await goldenDifferences(golden, "graph");
    const holds = (Object.keys(tolerance) as (keyof Differences)[]).every(
      (kind) => found[kind] <= tolerance[kind],
    );
    yield {
      figure: "parity",
      holds,
      sentence: stepsCompared({ name, steps, found, tolerance, holds }),
    };
  }
}

/** Takes the first steps of the preset on the bundled images, whose losses the receipt has. */
async function* reproduceCurve(receipt: CurveReceipt): AsyncGenerator<Reproduction> {
  const preset = receipt.preset as PresetName;
  if (!(await isAsMeasured(receipt))) {
    yield { figure: "curve", holds: false, sentence: presetChanged(preset) };
    return;
  }
  const losses = await miniatureLosses(preset);
  const compared = { preset, ...worstLoss(losses, receipt.miniature, receipt.tolerance) };
  const holds = compared.difference <= compared.tolerance;
  yield { figure: "curve", holds, sentence: miniatureCompared({ ...compared, holds }) };
}

/** Whether a receipt's preset still has the values that were measured. */
export async function isAsMeasured(receipt: CurveReceipt): Promise<boolean> {
  const { config, sources } = await presetConfig(receipt.preset as PresetName);
  return decideTheSame(
    decidingValues(config.resolved),
    receipt.config,
    (path) => sources[path] === "default",
  );
}

/**
 * The step whose loss is farthest from the receipt's, measured by what is allowed; differences are relative
 * to the receipt's.
 */
export function worstLoss(
  losses: readonly number[],
  wanted: readonly number[],
  allowed: readonly number[],
): Omit<ComparedMiniature, "preset" | "holds"> {
  const compared = wanted.map((want, i) => {
    const [got, tolerance] = [losses[i] ?? NaN, allowed[i] ?? 0];
    const difference = Number.isNaN(got) ? Infinity : Math.abs(got - want) / Math.abs(want);
    return { steps: wanted.length, step: i + 1, got, want, difference, tolerance };
  });
  return compared.reduce((worst, each) =>
    each.difference / each.tolerance > worst.difference / worst.tolerance ? each : worst,
  );
}

/** One round of the measurement, on this machine as it is now. */
async function reproduceCost(
  { ratio, tolerance }: CostReceipt,
  row: MeasuredRow["plugins"],
  moco: MeasuredRow["plugins"],
): Promise<Reproduction> {
  const found = await stepCost(row, moco, 1);
  const holds = Math.abs(found.ratio - ratio) <= tolerance * ratio;
  return {
    figure: "cost",
    holds,
    sentence: costCompared({ found: found.ratio, ratio, tolerance, holds }),
  };
}
