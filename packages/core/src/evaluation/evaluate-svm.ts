import { DIFFICULT, PRESENT } from "../data/multi-label-set.ts";
import { areaPrecision, elevenPointPrecision, stepPrecision } from "./average-precision.ts";
import type { Features } from "./extract-features.ts";
import { drawShots, SHOT_SAMPLES } from "./few-shots.ts";
import { type LinearSvm, svmScores, trainLinearSvm } from "./linear-svm.ts";
import { stratifiedFolds } from "./stratified-folds.ts";
import type { SvmData } from "./svm-data.ts";
import { FOLDS, type SvmProtocolName, svmProtocols } from "./svm-protocol.ts";

export interface SvmOptions {
  readonly protocol: SvmProtocolName;
  /** Positive images of each class to learn from; null for all images. */
  readonly shots: number | null;
  /** Of the samples of a low-shot machine; nothing else is drawn. */
  readonly seed: number;
}

/** Average precisions, 0 .. 1; null for a class that no test image has. */
export interface Precisions {
  /** The area below the curve, which both protocols report, see `areaPrecision`. */
  readonly perClass: readonly (number | null)[];
  /** By eleven points, see `elevenPointPrecision`. */
  readonly perClassElevenPoint: readonly (number | null)[];
}

/** How well images are ranked by a linear SVM for each class. */
export interface SvmResult extends Precisions {
  /** The layer whose map it was trained on; absent where that are the encoder's features. */
  readonly layer?: string;
  readonly shots: number | null;
  /** Training images, or those of one class's machine in a sample. */
  readonly trainImages: number;
  readonly testImages: number;
  /** The mean of `perClass` over the classes that test images have: mAP. */
  readonly meanPrecision: number;
  readonly meanElevenPoint: number;
  /** C of each class. */
  readonly costs: readonly number[];
  /** The mAP of each sample, of which the result is the mean; absent without `shots`. */
  readonly samples?: readonly number[];
}

/**
 * Trains a linear SVM for each class on a frozen encoder's features, and ranks the test images by it: VOC07's
 * classification in a published protocol (see `svmProtocols`).
 *
 * - pcl: C is 0.5.
 * - vissl: of eleven C each class takes the one with the highest average precision in a cross-validation of
 *   three folds (scikit-learn's folds and `average_precision`; of equal ones the smallest).
 *
 * With `shots`, the mean of five samples. In the protocol vissl all classes then take the C with the highest
 * mAP on the test images: so the authors' code does, and so its low-shot numbers are best cases.
 *
 * Same features, same numbers: all is done in float64, one class after the other, on one thread.
 *
 * @throws {TsslError} INVALID_OPTION if classes have too few images, with their names and numbers.
 */
export function evaluateSvm(data: SvmData, options: SvmOptions): SvmResult {
  const unit = { ...data, train: withUnitRows(data.train), test: withUnitRows(data.test) };
  const result =
    options.shots === null ? onAllImages(unit, options) : onFewImages(unit, options, options.shots);
  return data.layer === undefined ? result : { layer: data.layer, ...result };
}

function onAllImages(data: SvmData, { protocol }: SvmOptions): SvmResult {
  const { costs } = svmProtocols[protocol];
  const rows = Int32Array.from({ length: data.train.count }, (_, i) => i);
  const chosen = classesOf(data).map((class_) =>
    costs.length === 1 ? costs[0] : chooseCost(data, class_, costs),
  );
  const machines = chosen.map((cost, class_) => trainOn(data, class_, rows, cost));
  const precisions = precisionsOf(data, protocol, machines);
  return { shots: null, ...countsOf(data, rows), ...precisions, ...meansOf(precisions), costs: chosen };
}

function onFewImages(data: SvmData, { protocol, seed }: SvmOptions, shots: number): SvmResult {
  const samples = Array.from({ length: SHOT_SAMPLES }, (_, sample) =>
    drawShots(data.trainTargets, data.classes, { protocol, shots, sample, seed }),
  );
  const tried = svmProtocols[protocol].costs.map((cost) => {
    const each = samples.map((rows) =>
      precisionsOf(
        data,
        protocol,
        rows.map((own, class_) => trainOn(data, class_, own, cost)),
      ),
    );
    const precisions = averaged(each);
    const means = meansOf(precisions);
    return { cost, ...precisions, ...means, samples: each.map((one) => meansOf(one).meanPrecision) };
  });
  const { cost, ...best } = tried.reduce((best, each) =>
    each.meanPrecision > best.meanPrecision ? each : best,
  );
  return { shots, ...countsOf(data, samples[0]![0]!), ...best, costs: classesOf(data).map(() => cost) };
}

const classesOf = ({ classes }: SvmData): readonly number[] => Array.from({ length: classes }, (_, i) => i);

const countsOf = ({ test }: SvmData, rows: Int32Array): Pick<SvmResult, "trainImages" | "testImages"> => ({
  trainImages: rows.length,
  testImages: test.count,
});

/** The cost whose machines rank the images best that they have not seen, by its mean over folds. */
function chooseCost(data: SvmData, class_: number, costs: readonly number[]): number {
  const validation = validate(data, class_, costs);
  return costs[validation.indexOf(Math.max(...validation))]!;
}

/** For each cost the mean over the folds of scikit-learn's average precision. */
export function validate(data: SvmData, class_: number, costs: readonly number[]): readonly number[] {
  const { train, trainTargets, classes } = data;
  const positive = Array.from(
    { length: train.count },
    (_, i) => trainTargets[i * classes + class_] === PRESENT,
  );
  const folds = stratifiedFolds(positive, FOLDS);
  const sums = costs.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const seen = Int32Array.from(folds.keys()).filter((i) => folds[i] !== fold);
    const unseen = Int32Array.from(folds.keys()).filter((i) => folds[i] === fold);
    const truth = Array.from(unseen, (i) => positive[i]!);
    let machine: LinearSvm | undefined;
    for (const [i, cost] of costs.entries()) {
      machine = trainOn(data, class_, seen, cost, machine); // the same optimum from a nearer start
      const scores = svmScores(train, machine);
      sums[i]! += stepPrecision(
        Array.from(unseen, (row) => scores[row]!),
        truth,
      )!;
    }
  }
  return sums.map((sum) => sum / FOLDS);
}

const trainOn = (
  { train, trainTargets, classes }: SvmData,
  class_: number,
  rows: Int32Array,
  cost: number,
  start?: LinearSvm,
): LinearSvm =>
  trainLinearSvm(
    train,
    { rows, positive: Array.from(rows, (row) => trainTargets[row * classes + class_] === PRESENT), cost },
    start,
  );

/** @param machines of each class. */
function precisionsOf(
  { test, testTargets, classes }: SvmData,
  protocol: SvmProtocolName,
  machines: readonly LinearSvm[],
): Precisions {
  const { leavesOutDifficult } = svmProtocols[protocol];
  const ranked = machines.map((machine, class_) => {
    const scores = svmScores(test, machine);
    const counted = Array.from(scores.keys()).filter(
      (row) => !leavesOutDifficult || testTargets[row * classes + class_] !== DIFFICULT,
    );
    return {
      scores: counted.map((row) => scores[row]!),
      positive: counted.map((row) => testTargets[row * classes + class_] === PRESENT),
    };
  });
  return {
    perClass: ranked.map(({ scores, positive }) => areaPrecision(scores, positive)),
    perClassElevenPoint: ranked.map(({ scores, positive }) => elevenPointPrecision(scores, positive)),
  };
}

/** Mean precisions of several samples, class by class. */
function averaged(samples: readonly Precisions[]): Precisions {
  const over = (ofSample: (sample: Precisions) => readonly (number | null)[]) =>
    ofSample(samples[0]!).map((first, class_) =>
      first === null ? null : mean(samples.map((sample) => ofSample(sample)[class_]!)),
    );
  return {
    perClass: over(({ perClass }) => perClass),
    perClassElevenPoint: over(({ perClassElevenPoint }) => perClassElevenPoint),
  };
}

const meansOf = ({
  perClass,
  perClassElevenPoint,
}: Precisions): Pick<SvmResult, "meanPrecision" | "meanElevenPoint"> => ({
  meanPrecision: mean(perClass.filter((each) => each !== null)),
  meanElevenPoint: mean(perClassElevenPoint.filter((each) => each !== null)),
});

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** x / (‖x‖ + 1e-5) for each row, as both protocols have it. */
function withUnitRows({ values, count, dim }: Features): Features {
  const unit = values.slice();
  for (let row = 0; row < count; row++) {
    const own = unit.subarray(row * dim, (row + 1) * dim);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    own.forEach((value, j) => (own[j] = value / (length + 1e-5)));
  }
  return { values: unit, count, dim };
}
