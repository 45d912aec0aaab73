import { collapseFinding, rankFinding, viewsFinding, whileFilling } from "./embedding-findings.ts";
import type { HealthFinding, HealthLevel, HealthRecord } from "./health-finding.ts";
import { learningFinding } from "./learning-finding.ts";
import { FIRST_JUDGED_STEP, smoothed } from "./metrics-history.ts";
import {
  chanceFinding,
  gradientFinding,
  queueFindings,
  shareFindings,
  weightsFinding,
} from "./training-findings.ts";

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
