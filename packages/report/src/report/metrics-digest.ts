import { healthRows, thinned } from "@tssl/core/internal";
import type { MetricsRow } from "@tssl/core/run";

/** The log of a run as its page shows it: in bounded memory, however long the log is. */
export interface MetricsDigest {
  /** Steps taken as of the last row; 0 where there is none. */
  readonly step: number;
  /** One for each metric but kNN accuracy, in the order in which they were first logged. */
  readonly curves: readonly MetricCurve[];
  /** kNN accuracies, the first and the last exactly as logged. */
  readonly knn: readonly KnnPoint[];
  /** What health is judged by. */
  readonly healthRows: readonly MetricsRow[];
}

/** The values of a metric over the run. */
export interface MetricCurve {
  readonly name: string;
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  /** Means of `perPoint` logged values each; NaN where none of them is a number. */
  readonly values: readonly number[];
  readonly perPoint: number;
  /** The last logged value that is a number. */
  readonly latest?: number;
  /** The step from which on no value is a number; absent where the last one is. */
  readonly brokenSince?: number;
}

export interface KnnPoint {
  readonly step: number;
  readonly epoch: number;
  readonly accuracy: number;
}

/** Makes a digest of rows as they come. */
export interface OpenDigest {
  add(row: MetricsRow): void;
  /** The digest of all rows so far. */
  digest(): MetricsDigest;
}

/** A curve has at most this many points: more cannot be seen and would make the page large. */
const MOST_POINTS = 1000;

/** Some values of a metric that follow each other. */
interface Point {
  readonly step: number;
  readonly epoch: number;
  /** Of those values that are numbers, and how many these are. */
  readonly sum: number;
  readonly numbers: number;
  readonly values: number;
}

interface OpenCurve {
  points: Point[];
  perPoint: number;
  latest?: number;
  brokenSince: number | undefined;
}

export function openDigest(): OpenDigest {
  const curves = new Map<string, OpenCurve>();
  const health = healthRows();
  const knn = thinnedPoints();
  let last = 0;
  return {
    add(row) {
      last = row.step;
      health.add(row);
      const { knn: accuracy, ...values } = row.values;
      if (accuracy !== undefined) knn.add({ step: row.step, epoch: row.epoch, accuracy });
      for (const [name, value] of Object.entries(values)) {
        let curve = curves.get(name);
        if (curve === undefined) {
          curve = { points: [], perPoint: 1, brokenSince: undefined };
          curves.set(name, curve);
        }
        addValue(curve, row, value);
      }
    },
    digest: () => ({
      step: last,
      curves: [...curves].map(([name, curve]) => closed(name, curve)),
      knn: knn.points(),
      healthRows: health.rows(),
    }),
  };
}

/** The digest of rows that are at hand. */
export function digestOf(rows: Iterable<MetricsRow>): MetricsDigest {
  const open = openDigest();
  for (const row of rows) open.add(row);
  return open.digest();
}

function addValue(curve: OpenCurve, { step, epoch }: MetricsRow, value: number): void {
  const isNumber = Number.isFinite(value);
  if (isNumber) curve.latest = value;
  curve.brokenSince = isNumber ? undefined : (curve.brokenSince ?? step);
  const own: Point = { step, epoch, sum: isNumber ? value : 0, numbers: isNumber ? 1 : 0, values: 1 };
  const end = curve.points.at(-1);
  if (end !== undefined && end.values < curve.perPoint)
    curve.points[curve.points.length - 1] = joined(end, own);
  else curve.points.push(own);
  if (curve.points.length <= MOST_POINTS) return;
  curve.points = inPairs(curve.points);
  curve.perPoint *= 2;
}

/** Two points that follow each other as one, at the place of the second. */
const joined = (one: Point, { step, epoch, ...other }: Point): Point => ({
  step,
  epoch,
  sum: one.sum + other.sum,
  numbers: one.numbers + other.numbers,
  values: one.values + other.values,
});

const inPairs = (points: readonly Point[]): Point[] =>
  points.flatMap((point, i) => {
    if (i % 2 === 1) return [];
    const next = points[i + 1];
    return [next === undefined ? point : joined(point, next)];
  });

const closed = (name: string, { points, perPoint, latest, brokenSince }: OpenCurve): MetricCurve => ({
  name,
  steps: points.map(({ step }) => step),
  epochs: points.map(({ epoch }) => epoch),
  values: points.map(({ sum, numbers }) => sum / numbers),
  perPoint,
  ...(latest === undefined ? {} : { latest }),
  ...(brokenSince === undefined ? {} : { brokenSince }),
});

/** Keeps the first point and the last; those between them are thinned. */
function thinnedPoints() {
  const some = thinned<KnnPoint>(MOST_POINTS);
  let last: KnnPoint | undefined;
  return {
    add(point: KnnPoint) {
      last = point;
      some.add(point);
    },
    points: (): readonly KnnPoint[] =>
      last === undefined || some.kept.at(-1) === last ? some.kept : [...some.kept, last],
  };
}
