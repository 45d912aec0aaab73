import * as messages from "../messages/health.ts";
import type { MetricsRow } from "../metrics/metrics-row.ts";
import type { HealthFinding, HealthRecord } from "./health-finding.ts";
import { hasShares, SHARE } from "./health-rows.ts";
import { FIRST_JUDGED_STEP, finiteMean, type MetricsHistory, since } from "./metrics-history.ts";

/** Relative change of the norm of all weights below which they stand still; float32 tells no less. */
const STILL_NORM_CHANGE = 1e-6;

/** A norm that stays the same from the first step on. In the last steps of a cosine it may well do so. */
export function weightsFinding({ rows, steps, step }: MetricsHistory): HealthFinding | undefined {
  const norms = rows.map(({ values }) => values["weightNorm"] ?? NaN);
  const least = norms.reduce((a, b) => Math.min(a, b));
  const most = norms.reduce((a, b) => Math.max(a, b));
  if (step < FIRST_JUDGED_STEP || !(most - least <= STILL_NORM_CHANGE * most)) return undefined;
  const rates = rows.flatMap(({ values }) => values["lr"] ?? []);
  const highestRate = rates.length === 0 ? undefined : rates.reduce((a, b) => Math.max(a, b));
  return {
    about: "weights",
    level: "warning",
    since: steps[0]!,
    sentence: messages.weightsStandStill(steps[0]!, most, highestRate),
  };
}

/**
 * Steps that a loss may stand at or above chance once queues are filled: at low temperatures, runs do that go
 * on to learn.
 */
const STEPS_AT_CHANCE = 200;

/** A run with several terms stands at chance only where all of them do. */
export function chanceFinding(
  history: MetricsHistory,
  levels: Readonly<Record<string, number>>,
  filled: number,
): HealthFinding | undefined {
  const terms = Object.entries(levels).filter(([name]) => Number.isFinite(history.mean(name).at(-1)));
  const from = history.steps.findIndex((step) => step > filled);
  const count = history.steps.length - from;
  if (terms.length === 0 || from < 0 || count < 30 || history.step - filled < STEPS_AT_CHANCE)
    return undefined;
  const [middle, end] = [from + Math.floor(count / 3), from + Math.floor((2 * count) / 3)];
  const stands = terms.map(([name, level]) => {
    const values = history.mean(name);
    const before = finiteMean(values.slice(middle, end));
    const now = finiteMean(values.slice(end));
    return { name, level, now, isSo: now >= 0.99 * level && now > 0.99 * before };
  });
  if (!stands.every(({ isSo }) => isSo)) return undefined;
  const start = since(history, (row) =>
    terms.every(([name, level]) => history.mean(name)[row]! >= 0.99 * level),
  );
  if (start === undefined) return undefined;
  const isAbove = stands.some(({ level, now }) => now > 1.02 * level);
  return {
    about: "chance",
    level: "warning",
    since: start,
    sentence: messages.lossAtChance(start, stands, isAbove),
  };
}

export function gradientFinding(history: MetricsHistory): HealthFinding | undefined {
  const norms = history.mean("gradientNorm");
  const usual = [...norms].sort((a, b) => a - b)[Math.floor(norms.length / 2)]!;
  const now = norms.at(-1)!;
  const vanished = since(history, (row) => norms[row]! < 1e-6);
  if (vanished !== undefined) {
    return {
      about: "gradient",
      level: "warning",
      since: vanished,
      sentence: messages.gradientsVanished(vanished, now),
    };
  }
  const isLarge = (row: number) => norms[row]! > 100 * usual;
  if (history.step < FIRST_JUDGED_STEP || !isLarge(norms.length - 1)) return undefined;
  const start = history.steps[norms.findLastIndex((_, row) => !isLarge(row)) + 1]!;
  return {
    about: "gradient",
    level: "warning",
    since: start,
    sentence: messages.gradientsAreLarge(start, now / usual, now),
  };
}

/** A term with less of the gradient than this hardly takes part. */
const NEGLIGIBLE_SHARE = 0.01;

export function shareFindings(rows: readonly MetricsRow[]): HealthFinding[] {
  const last = rows.findLast(hasShares);
  if (last === undefined) return [];
  const slight = Object.entries(last.values).filter(
    ([name, share]) => name.endsWith(SHARE) && share < NEGLIGIBLE_SHARE,
  );
  if (slight.length === 0) return [];
  const terms = slight.map(([name, share]) => [name.slice(0, -SHARE.length), share] as const);
  return [
    {
      about: "share",
      level: "note",
      since: last.step,
      sentence: messages.negligibleTerms(last.step, terms),
    },
  ];
}

/** A note while a queue fills, a warning where the run ends before it has. */
export function queueFindings(
  { step, steps }: MetricsHistory,
  { queueSteps, totalSteps }: HealthRecord,
): HealthFinding[] {
  const last = Math.max(0, ...Object.values(queueSteps));
  if (step >= last) return [];
  const names = Object.keys(queueSteps).filter((name) => queueSteps[name] === last);
  const about = { about: "queue", since: steps[0]! } as const;
  if (totalSteps !== undefined && totalSteps < last) {
    return [{ ...about, level: "warning", sentence: messages.queueNeverFills(names, last, totalSteps) }];
  }
  return [{ ...about, level: "note", sentence: messages.queueFills(names, last) }];
}
