import * as messages from "../messages/health.ts";
import type { HealthFinding } from "./health-finding.ts";
import { longestStretch, type MetricsHistory, since } from "./metrics-history.ts";

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
/** Steps for which embeddings must have varied along one line: BYOL may begin so, and leave it. */
const LASTING_LINE_STEPS = 100;

export function collapseFinding(history: MetricsHistory): HealthFinding | undefined {
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

export function rankFinding(history: MetricsHistory, most: number | undefined): HealthFinding | undefined {
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
export function whileFilling(finding: HealthFinding | undefined, filled: number): HealthFinding | undefined {
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

export function viewsFinding(history: MetricsHistory): HealthFinding | undefined {
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
