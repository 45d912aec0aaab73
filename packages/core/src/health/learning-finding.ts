import * as messages from "../messages/health.ts";
import { luckyDifference } from "../metrics/lucky-difference.ts";
import type { MetricsRow } from "../metrics/metrics-row.ts";
import type { HealthFinding, HealthRecord } from "./health-finding.ts";
import { FIRST_JUDGED_STEP, finiteMean, type MetricsHistory } from "./metrics-history.ts";

/** The finding of a run with which nothing is wrong. */
export function learningFinding(history: MetricsHistory, record: HealthRecord): HealthFinding {
  const closer = closerViews(history.rows);
  const count = Math.min(50, Math.ceil(closer.length / 10));
  const [first, now] = [finiteMean(closer.slice(0, count)), finiteMean(closer.slice(-count))];
  const finding = (level: "ok" | "note", sentence: string): HealthFinding => ({
    about: "learning",
    level,
    since: history.step,
    sentence,
  });
  if (!Number.isFinite(now)) return finding("note", messages.noEmbeddings());
  const facts: messages.LearningFacts = {
    closer: now,
    closerAtFirst: first,
    spread: history.mean("embedding/spread").at(-1)!,
    rank: history.mean("embedding/rank").at(-1)!,
    most: record.highest?.["embedding/rank"],
  };
  if (history.step < FIRST_JUDGED_STEP)
    return finding("note", messages.tooEarlyToSay(facts, FIRST_JUDGED_STEP));
  const fell = fallOfAccuracy(record);
  if (fell !== undefined) return finding("note", messages.accuracyFell(facts, fell));
  const isCloser = now >= CLOSE_ENOUGH || (now >= 1.25 * first && hasRisen(closer));
  if (!isCloser) return finding("note", messages.notYetLearning(facts));
  return facts.rank < FEW_DIRECTIONS_RANK
    ? finding("note", messages.closerInFewDirections(facts))
    : finding("ok", messages.isLearning(facts));
}

/** Effective rank below which a run is not said to learn, however much closer views of an image have come. */
const FEW_DIRECTIONS_RANK = 2;

/** Views of one image that are so much closer than two images show learning, whatever came before. */
const CLOSE_ENOUGH = 0.6;

/** How much closer two views of an image are than two images, row by row; NaN where it was not measured. */
const closerViews = (rows: readonly MetricsRow[]): readonly number[] =>
  rows.map(({ values }) => {
    const [positive, negative] = [values["embedding/positive"] ?? NaN, values["embedding/negative"] ?? NaN];
    return (positive - negative) / Math.max(1 - negative, 1e-6);
  });

/** Standard errors that the last values must lie above the first. */
const CLEAR_STANDARD_ERRORS = 4;

/** Whether values have risen, from the first fifth of them to the last, by more than they scatter. */
function hasRisen(values: readonly number[]): boolean {
  const count = Math.ceil(values.length / 5);
  const [first, last] = [moments(values.slice(0, count)), moments(values.slice(-count))];
  return last.mean - first.mean > CLEAR_STANDARD_ERRORS * Math.sqrt((first.variance + last.variance) / count);
}

function moments(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = finiteMean(values);
  return { mean, variance: finiteMean(values.map((value) => (value - mean) ** 2)) };
}

/** The accuracies of kNN before training and now, where it has fallen by more than luck explains. */
function fallOfAccuracy({ evaluations = [], latest }: HealthRecord): messages.AccuracyFall | undefined {
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  if (first?.step !== 0 || last === undefined || latest === undefined) return undefined;
  const images = latest.confusion.flat().reduce((sum, count) => sum + count, 0);
  const [untrained, now] = [first.accuracy, last.accuracy];
  return untrained - now > luckyDifference(untrained, now, images) ? { untrained, now } : undefined;
}
