import type { MetricsRow } from "../metrics/metrics-row.ts";
import * as messages from "../messages/health.ts";
import { hasShares, SHARE } from "./health-rows.ts";
import { luckyDifference } from "../metrics/lucky-difference.ts";

/** "note": worth knowing, nothing to do. "warning": look into it. "failure": the run as it stands is lost. */
export type HealthLevel = "ok" | "note" | "warning" | "failure";

/** What can be said of a run's health, in a sentence. */
export interface HealthFinding {
  /** A run has at most one finding about each. */
  readonly about:
    "collapse" | "rank" | "weights" | "chance" | "views" | "gradient" | "share" | "queue" | "learning";
  readonly level: HealthLevel;
  readonly sentence: string;
  /** The step since which the finding holds. */
  readonly since: number;
}

/** What a run has logged, as far as its health shows in it. */
export interface HealthRecord {
  /**
   * Rows of metrics.jsonl, in order; they may be thinned out evenly. Those without a loss are not looked at.
   */
  readonly rows: readonly MetricsRow[];
  /** The chance level of each loss term that has one. */
  readonly chanceLevels: Readonly<Record<string, number>>;
  /** After how many steps each queue holds none of its first random rows. */
  readonly queueSteps: Readonly<Record<string, number>>;
  /** What metrics can be at most; of "embedding/rank" it is told with the value. */
  readonly highest?: Readonly<Record<string, number>>;
  /** Steps of the whole run. They tell a queue that fills later from one that never does. */
  readonly totalSteps?: number;
  /** kNN accuracies, if there are labels: a run whose accuracy falls is not said to learn. */
  readonly evaluations?: readonly { readonly step: number; readonly accuracy: number }[];
  /** Of the last evaluation, `confusion[actual][predicted]`: counts, which tell the number of test images. */
  readonly latest?: { readonly confusion: readonly (readonly number[])[] };
}

/**
 * Spread below which all embeddings are nearly the same: 1 is spread evenly; its square is the share of the
 * length that varies.
 */
const COLLAPSED_SPREAD = 0.08;
/** Effective rank below which embeddings vary along one line. */
const LINE_RANK = 1.06;
/**
 * Effective rank below which they nearly do, as in the first hundreds of steps of some runs that later learn.
 */
const NARROW_RANK = 1.5;
/** Steps after which a low rank is no longer usual. */
const YOUNG_STEPS = 1000;
/**
 * Steps that a loss may stand at or above chance once queues are filled: at low temperatures, runs do that go
 * on to learn.
 */
const STEPS_AT_CHANCE = 200;
/** Steps for which embeddings must have varied along one line: BYOL may begin so, and leave it. */
const LASTING_LINE_STEPS = 100;
/** The step before which nothing is said to be wrong. */
const FIRST_JUDGED_STEP = 50;
/** Steps for which something must have been wrong. */
const LASTING_STEPS = 20;

/**
 * Says how a run stands by what it has logged: gravest first, never empty once a step has been taken.
 *
 * Values are averaged over the last tenth of the rows (50 at most), so that one odd batch raises no alarm.
 * How much closer two views of one image are than two images is measured by mean cosines, as
 * `(positive - negative) / (1 - negative)`: 1 less the ratio of their squared distances. It is near 0 where
 * an image cannot be told from others, and 1 where views do not matter.
 *
 * "ok" is said of a run alone that has measurably come to tell images apart, while its weights move, its
 * embeddings fill more than a line and kNN, where it is measured, has not fallen. Alarms come from the log
 * without labels. Rules and thresholds are from the runs of bench/health.
 *
 * @example
 * ```ts
 * // All embeddings the same from the first step on.
 * const values = { loss: 5.66, "a/infoNce": 5.66, "embedding/spread": 0 };
 * const rows = Array.from({ length: 100 }, (_, i) => ({ step: i + 1, epoch: 0, values }));
 * const [gravest] = assessHealth({ rows, chanceLevels: { "a/infoNce": 5.66 }, queueSteps: {} });
 * gravest?.about; // => "collapse"
 * gravest?.level; // => "failure"
 * ```
 */
export function assessHealth(record: HealthRecord): readonly HealthFinding[] {
  const rows = record.rows.filter(({ values }) => "loss" in values);
  if (rows.length === 0) return [];
  const history = smoothed(rows);
  const filled = Math.max(0, ...Object.values(record.queueSteps));
  const mostRank = record.highest?.["embedding/rank"];
  const embedding = collapseFinding(history) ?? rankFinding(history, mostRank);
  const found = [
    history.step < filled + FIRST_JUDGED_STEP ? whileFilling(embedding, filled) : embedding,
    viewsFinding(history),
    weightsFinding(history),
    chanceFinding(history, record.chanceLevels, filled),
    gradientFinding(history),
    ...shareFindings(rows),
    ...queueFindings(history, record),
  ].filter((finding) => finding !== undefined);
  /** Whether a finding says by itself that the run does not learn, or may not. */
  const speaksAgainstLearning = ({ level, about }: HealthFinding) =>
    ["collapse", "rank", "views"].includes(about) ||
    (about !== "queue" && (level === "failure" || level === "warning"));
  if (!found.some(speaksAgainstLearning)) found.push(learningFinding(history, record));
  const order: readonly HealthLevel[] = ["failure", "warning", "note", "ok"];
  return found.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

/** Metrics as means over the rows up to each one. */
interface History {
  readonly rows: readonly MetricsRow[];
  readonly steps: readonly number[];
  /** Steps taken. */
  readonly step: number;
  /** NaN where the run logs no such thing. */
  mean(name: string): readonly number[];
}

function smoothed(rows: readonly MetricsRow[]): History {
  const window = Math.min(50, Math.ceil(rows.length / 10));
  const known = new Map<string, readonly number[]>();
  return {
    rows,
    steps: rows.map(({ step }) => step),
    step: rows.at(-1)!.step,
    mean(name) {
      let means = known.get(name);
      if (means === undefined) {
        means = runningMeans(
          rows.map((row) => row.values[name] ?? NaN),
          window,
        );
        known.set(name, means);
      }
      return means;
    },
  };
}

/** The mean of the finite ones among the last `window` values up to each. */
function runningMeans(values: readonly number[], window: number): number[] {
  let [sum, count] = [0, 0];
  return values.map((value, i) => {
    const gone = values[i - window];
    if (Number.isFinite(value)) [sum, count] = [sum + value, count + 1];
    if (gone !== undefined && Number.isFinite(gone)) [sum, count] = [sum - gone, count - 1];
    return count === 0 ? NaN : sum / count;
  });
}

function finiteMean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

/**
 * The step since which `isSo` has held without a break; undefined where it does not hold, or not for long.
 */
function since({ steps, step }: History, isSo: (row: number) => boolean): number | undefined {
  let first: number | undefined;
  for (let row = steps.length - 1; row >= 0 && isSo(row); row--) first = steps[row];
  return first === undefined || step < FIRST_JUDGED_STEP || step - first < LASTING_STEPS ? undefined : first;
}

/** The most steps without a break for which `isSo` has held. */
function longestStretch(
  { steps }: History,
  isSo: (row: number) => boolean,
): { readonly from: number; readonly to: number } | undefined {
  let longest: { from: number; to: number } | undefined;
  let from: number | undefined;
  for (const [row, step] of steps.entries()) {
    from = isSo(row) ? (from ?? step) : undefined;
    if (from !== undefined && (longest === undefined || step - from > longest.to - longest.from)) {
      longest = { from, to: step };
    }
  }
  return longest;
}

function collapseFinding(history: History): HealthFinding | undefined {
  const spread = history.mean("embedding/spread");
  const start = since(history, (row) => spread[row]! < COLLAPSED_SPREAD);
  if (start === undefined) return undefined;
  return {
    about: "collapse",
    level: "failure",
    since: start,
    sentence: messages.collapsedToAPoint(start, spread.at(-1)!),
  };
}

function rankFinding(history: History, most: number | undefined): HealthFinding | undefined {
  const ranks = history.mean("embedding/rank");
  const now = { rank: ranks.at(-1)!, most };
  const line = since(history, (row) => ranks[row]! < LINE_RANK);
  if (line !== undefined && history.step - line >= LASTING_LINE_STEPS) {
    return {
      about: "rank",
      level: "failure",
      since: line,
      sentence: messages.collapsedToALine(line, now),
    };
  }
  const narrow = since(history, (row) => ranks[row]! < NARROW_RANK);
  if (narrow === undefined) return undefined;
  const stretch = longestStretch(history, (row) => ranks[row]! < LINE_RANK);
  if (stretch !== undefined && stretch.to - stretch.from >= LASTING_LINE_STEPS) {
    return {
      about: "rank",
      level: "warning",
      since: stretch.from,
      sentence: messages.barelyRecovered(stretch.from, stretch.to, now),
    };
  }
  const isOld = history.step >= YOUNG_STEPS;
  return {
    about: "rank",
    level: isOld ? "warning" : "note",
    since: narrow,
    sentence: isOld ? messages.closeToCollapse(narrow, now) : messages.narrowAtFirst(narrow, now),
  };
}

/**
 * Random rows are told apart also by embeddings that are all alike, so that these may spread only once the
 * queue is filled.
 */
function whileFilling(finding: HealthFinding | undefined, filled: number): HealthFinding | undefined {
  if (finding === undefined || filled === 0) return finding;
  return {
    ...finding,
    level: "note",
    sentence: messages.alikeWhileFilling(finding.since, filled),
  };
}

/**
 * Distance of two views of an image, as a share of that of two images (both squared, mean): below it they are
 * the same, or nearly.
 */
const SAME_VIEWS_DISTANCE = 0.01;
const CLOSE_VIEWS_DISTANCE = 0.05;

function viewsFinding(history: History): HealthFinding | undefined {
  const [alignment, spread] = [history.mean("embedding/alignment"), history.mean("embedding/spread")];
  // Two images are 2 spread² apart in the mean.
  const closerThan = (share: number) =>
    since(
      history,
      (row) => spread[row]! >= COLLAPSED_SPREAD && alignment[row]! < share * 2 * spread[row]! ** 2,
    );
  const now = alignment.at(-1)!;
  const same = closerThan(SAME_VIEWS_DISTANCE);
  if (same !== undefined) {
    return {
      about: "views",
      level: "warning",
      since: same,
      sentence: messages.viewsAreTheSame(same, now),
    };
  }
  const close = closerThan(CLOSE_VIEWS_DISTANCE);
  if (close === undefined) return undefined;
  return {
    about: "views",
    level: "note",
    since: close,
    sentence: messages.viewsAreAlike(close, now),
  };
}

/** Relative change of the norm of all weights below which they stand still; float32 tells no less. */
const STILL_NORM_CHANGE = 1e-6;

/** A norm that stays the same from the first step on. In the last steps of a cosine it may well do so. */
function weightsFinding({ rows, steps, step }: History): HealthFinding | undefined {
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

/** A run with several terms stands at chance only where all of them do. */
function chanceFinding(
  history: History,
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

function gradientFinding(history: History): HealthFinding | undefined {
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

function shareFindings(rows: readonly MetricsRow[]): HealthFinding[] {
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
function queueFindings({ step, steps }: History, { queueSteps, totalSteps }: HealthRecord): HealthFinding[] {
  const last = Math.max(0, ...Object.values(queueSteps));
  if (step >= last) return [];
  const names = Object.keys(queueSteps).filter((name) => queueSteps[name] === last);
  const about = { about: "queue", since: steps[0]! } as const;
  if (totalSteps !== undefined && totalSteps < last) {
    return [{ ...about, level: "warning", sentence: messages.queueNeverFills(names, last, totalSteps) }];
  }
  return [{ ...about, level: "note", sentence: messages.queueFills(names, last) }];
}

/** The finding of a run with which nothing is wrong. */
function learningFinding(history: History, record: HealthRecord): HealthFinding {
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
