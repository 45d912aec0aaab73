import { svmNotSolved } from "../messages/training.ts";
import type { Features } from "./extract-features.ts";

/** A linear classifier of two classes: the score of x is `weight x + bias`, positive for the first. */
export interface LinearSvm {
  /** `[D]` */
  readonly weight: Float64Array;
  readonly bias: number;
}

/** Which images a machine is trained on, and how hard it tries. */
export interface SvmProblem {
  /** Rows of `features` to train on. */
  readonly rows: Int32Array;
  /** For each of these rows whether it has the class. */
  readonly positive: readonly boolean[];
  /** C: the price of an error, above 0. A positive image costs twice as much, `POSITIVE_WEIGHT`. */
  readonly cost: number;
}

/** LinearSVC's `class_weight={1: 2, -1: 1}`, in both published protocols. */
const POSITIVE_WEIGHT = 2;

/** How far the weights may be from the optimum, as a Euclidean length. */
const TOLERANCE = 1e-6;

/** Newton's steps: the active rows settle after ten or so. */
const MOST_STEPS = 200;

/** How much closer a Newton step must come to the minimum of its quadratic, and in how many steps. */
const INNER_TOLERANCE = 1e-3;
const MOST_INNER_STEPS = 2000;

/**
 * Trains a linear support vector machine with the squared hinge loss:
 *
 *     min ½ ‖(w, b)‖² + C Σ cᵢ max(0, 1 - yᵢ (w xᵢ + b))²,  yᵢ = 1 or -1,  cᵢ = 2 for positive rows, else 1
 *
 * This is what scikit-learn's `LinearSVC(C, class_weight={1: 2, -1: 1})` minimizes (liblinear, the intercept
 * counted among the weights), so the solution is the same; the way to it is not. liblinear descends one
 * coordinate of the dual after the other (Hsieh et al. 2008) until it stops early, at the latest after
 * `max_iter` rounds. Here it is the primal by the modified finite Newton method of Keerthi and DeCoste 2005:
 * the minimum of the quadratic over the rows that are now within the margin, by conjugate gradients, and an
 * exact line search to it. It draws no random numbers, and needs no more steps where C is large.
 *
 * The objective curves by 1 or more in every direction, so the length of its gradient, at which this stops,
 * bounds the distance from the optimum: weights are within 1e-6 of it, and so are scores of rows of length 1.
 *
 * @param start begins the search, such as the machine of another cost; default 0.
 * @throws {TsslError} TRAINING_FAILED if that is not reached: the features are too large for float64.
 *
 * @example
 * ```ts
 * // One negative point at -1 and one positive at 1, which counts twice: b is a little above 0.
 * const features = { values: Float32Array.of(-1, 1), count: 2, dim: 1 };
 * const rows = Int32Array.of(0, 1);
 * const svm = trainLinearSvm(features, { rows, positive: [false, true], cost: 0.5 });
 * svm.weight; // => [0.733333]
 * svm.bias; // => 0.066667
 * ```
 */
export function trainLinearSvm(
  features: Features,
  { rows, positive, cost }: SvmProblem,
  start?: LinearSvm,
): LinearSvm {
  const { dim } = features;
  const sign = Float64Array.from(positive, (yes) => (yes ? 1 : -1));
  const price = Float64Array.from(positive, (yes) => cost * (yes ? POSITIVE_WEIGHT : 1));
  const w = new Float64Array(dim + 1); // the bias is the last weight, of a feature that is 1
  if (start !== undefined) w.set([...start.weight, start.bias]);
  const scores = scoresOf(features, rows, w);

  for (let step = 0; step < MOST_STEPS; step++) {
    const active = rows.map((_, i) => (sign[i]! * scores[i]! < 1 ? i : -1)).filter((i) => i >= 0);
    const gradient = gradientAt({ features, rows, active, sign, price }, w, scores);
    if (length(gradient) <= TOLERANCE) return { weight: w.slice(0, dim), bias: w[dim]! };
    const direction = newtonDirection({ features, rows, active, price }, gradient);
    const change = scoresOf(features, rows, direction);
    const t = bestStep({ w, direction, scores, change, sign, price });
    addTimes(w, t, direction);
    addTimes(scores, t, change);
  }
  throw svmNotSolved(cost);
}

/** The score of each row of features, `[count]`. */
export function svmScores({ values, count, dim }: Features, { weight, bias }: LinearSvm): Float64Array {
  const rows = Int32Array.from({ length: count }, (_, i) => i);
  return scoresOf({ values, count, dim }, rows, Float64Array.of(...weight, bias));
}

/** The rows of a problem and what is known of each. */
interface Rows {
  readonly features: Features;
  readonly rows: Int32Array;
  /** Places in `rows` of those that are within the margin. */
  readonly active: Int32Array;
  readonly sign: Float64Array;
  readonly price: Float64Array;
}

/** w - 2 Σ over active rows of price (sign - score) x */
function gradientAt(
  { features, rows, active, sign, price }: Rows,
  w: Float64Array,
  scores: Float64Array,
): Float64Array {
  const gradient = w.slice();
  for (const i of active) addRow(gradient, features, rows[i]!, -2 * price[i]! * (sign[i]! - scores[i]!));
  return gradient;
}

/**
 * Solves (1 + 2 Σ over active rows of price x xᵀ) d = -gradient by conjugate gradients. That d leads to the
 * minimum, were the same rows active all the way.
 */
function newtonDirection(
  { features, rows, active, price }: Omit<Rows, "sign">,
  gradient: Float64Array,
): Float64Array {
  const direction = new Float64Array(gradient.length);
  const residual = gradient.map((value) => -value);
  const search = residual.slice();
  let square = dot(residual, residual);
  const enough = INNER_TOLERANCE ** 2 * square;
  for (let step = 0; step < MOST_INNER_STEPS && square > enough; step++) {
    const product = search.slice();
    for (const i of active) {
      addRow(product, features, rows[i]!, 2 * price[i]! * timesRow(search, features, rows[i]!));
    }
    const t = square / dot(search, product);
    addTimes(direction, t, search);
    addTimes(residual, -t, product);
    const before = square;
    square = dot(residual, residual);
    for (let j = 0; j < search.length; j++) search[j] = residual[j]! + (square / before) * search[j]!;
  }
  return direction;
}

interface Line {
  readonly w: Float64Array;
  readonly direction: Float64Array;
  readonly scores: Float64Array;
  /** How the scores change along the direction. */
  readonly change: Float64Array;
  readonly sign: Float64Array;
  readonly price: Float64Array;
}

/**
 * The t for which the objective at w + t direction is least. Its slope in t is a rising function of straight
 * pieces, which end where a row enters or leaves the margin: the pieces are gone through until one crosses 0.
 */
function bestStep({ w, direction, scores, change, sign, price }: Line): number {
  // The slope at t is `at0 + rise t`, both summed over the rows within the margin.
  let at0 = dot(w, direction);
  let rise = dot(direction, direction);
  const turns: { readonly t: number; readonly row: number; readonly enters: boolean }[] = [];
  scores.forEach((score, row) => {
    const [gap, closing] = [1 - sign[row]! * score, sign[row]! * change[row]!];
    if (gap > 0) {
      at0 -= 2 * price[row]! * gap * closing;
      rise += 2 * price[row]! * closing * closing;
    }
    if (gap > 0 ? closing > 0 : closing < 0) turns.push({ t: gap / closing, row, enters: gap <= 0 });
  });
  for (const { t, row, enters } of turns.sort((a, b) => a.t - b.t || a.row - b.row)) {
    if (at0 + rise * t >= 0) break;
    const [gap, closing] = [1 - sign[row]! * scores[row]!, sign[row]! * change[row]!];
    const factor = 2 * price[row]! * closing * (enters ? 1 : -1);
    at0 -= factor * gap;
    rise += factor * closing;
  }
  return -at0 / rise;
}

const scoresOf = (features: Features, rows: Int32Array, w: Float64Array): Float64Array =>
  Float64Array.from(rows, (row) => timesRow(w, features, row));

/** w (x, 1), in four sums side by side: one after the other, each would wait for the one before. */
function timesRow(w: Float64Array, { values, dim }: Features, row: number): number {
  const start = row * dim;
  let a = w[dim]!;
  let b = 0;
  let c = 0;
  let d = 0;
  let j = 0;
  for (; j + 3 < dim; j += 4) {
    a += w[j]! * values[start + j]!;
    b += w[j + 1]! * values[start + j + 1]!;
    c += w[j + 2]! * values[start + j + 2]!;
    d += w[j + 3]! * values[start + j + 3]!;
  }
  for (; j < dim; j++) a += w[j]! * values[start + j]!;
  return a + b + (c + d);
}

/** Adds factor (x, 1). */
function addRow(sum: Float64Array, { values, dim }: Features, row: number, factor: number): void {
  const start = row * dim;
  for (let j = 0; j < dim; j++) sum[j]! += factor * values[start + j]!;
  sum[dim]! += factor;
}

function addTimes(sum: Float64Array, factor: number, other: Float64Array): void {
  for (let j = 0; j < sum.length; j++) sum[j]! += factor * other[j]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

const length = (a: Float64Array): number => Math.sqrt(dot(a, a));
