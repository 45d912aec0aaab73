import { checkedJson } from "../files/json-file.ts";
import { type Line, LONGEST_LINE } from "../files/lines.ts";
import { listOf, number, numberOrNaN, object, recordOf, type Shape, whole } from "../files/shapes.ts";
import { lineDamaged, lineTooLong, tooManyMetrics } from "../messages/damaged-files.ts";

/** One line of metrics.jsonl. */
export interface MetricsRow {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Share of the epoch included: 1.5 is the middle of the second. */
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
  /** Every `health.everySteps` steps, where a plugin publishes an embedding space. */
  readonly cosines?: CosineCounts;
}

/**
 * How often each cosine was met in a batch, of positives and of negatives: counts in bins of equal width from
 * -1 to 1.
 */
export interface CosineCounts {
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/** Different metrics that a run may log: what is made of a log is kept by their names. */
const MOST_METRICS = 1000;

const counts = listOf(number({ minimum: 0 }));

const rowOf = (value: Shape<number>): Shape<MetricsRow> =>
  object(
    { step: whole(), epoch: number({ minimum: 0 }), values: recordOf(value, { most: MOST_METRICS }) },
    { cosines: object({ positive: counts, negative: counts }) },
  );

/** Most rows have finite numbers alone, and there are millions of them: their check takes half the time. */
const [finiteRow, anyRow] = [rowOf(number()), rowOf(numberOrNaN)];

/**
 * Reads lines of one metrics.jsonl, as rows.
 *
 * @param file for messages.
 * @returns what gives the row of a line. It throws FILE_DAMAGED with the number of the line and what is wrong
 * with it.
 */
export function rowReader(file: string): (line: Line) => MetricsRow {
  const names = new Set<string>();
  return ({ text, end: { lines } }) => {
    if (text === undefined) throw lineDamaged(file, lines, lineTooLong(LONGEST_LINE));
    const row = checkedJson(text, text.includes("null") ? anyRow : finiteRow);
    if (typeof row === "string") throw lineDamaged(file, lines, row);
    for (const name of Object.keys(row.value.values)) names.add(name);
    if (names.size > MOST_METRICS) throw lineDamaged(file, lines, tooManyMetrics(MOST_METRICS));
    return row.value;
  };
}
