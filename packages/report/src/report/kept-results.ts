import {
  count,
  counted,
  type EvaluatedImages,
  type KeptEvaluation,
  keptScores,
  type KeptFineTune,
  type KeptSvm,
  percent,
} from "@tssl/core/internal";
import { classBalance } from "@tssl/core/run";

/**
 * One accuracy, of an SVM mean average precision, that was measured after training, as a page, a terminal or
 * a comparison names it.
 */
export interface KeptAccuracy {
  readonly kind: KeptEvaluation["kind"];
  /** What was measured and how: "kNN, k 20, temperature 0.1". */
  readonly name: string;
  /** Which images, where they are not those of the run: "40 labelled images of /a, 20 test images of /b". */
  readonly images: string;
  readonly testImages: number;
  /** kNN: the neighbours that vote. */
  readonly k?: number;
  /** Optimizer steps, and epochs, after which the encoder was measured. */
  readonly step: number;
  readonly epoch: number;
  /** Shares, 0 .. 1. */
  readonly accuracy: number;
  /** The mean of the classes' own accuracies; absent of an SVM. */
  readonly perClass?: number;
  readonly untrained?: number;
  /** ISO 8601. */
  readonly measuredAt: string;
}

/**
 * The accuracies of a run's evaluations, in their order: a linear probe has one for each share of the labels,
 * an SVM one for each number of images.
 */
export const keptAccuracies = (evaluations: readonly KeptEvaluation[]): readonly KeptAccuracy[] =>
  evaluations.flatMap((evaluation) =>
    keptScores(evaluation).map(({ score, untrained }, i) => ({
      kind: evaluation.kind,
      name: nameOf(evaluation, i),
      images: imagesText(evaluation.data),
      testImages: evaluation.data.testImages,
      ...(evaluation.kind === "knn" ? { k: evaluation.settings.k } : {}),
      step: evaluation.step,
      epoch: evaluation.epoch,
      accuracy: score,
      ...(evaluation.kind === "svm"
        ? {}
        : { perClass: classBalance(evaluation.results[i]!.confusion).balancedAccuracy }),
      ...(untrained === undefined ? {} : { untrained }),
      measuredAt: evaluation.measuredAt,
    })),
  );

function nameOf(evaluation: KeptEvaluation, place: number): string {
  if (evaluation.kind === "knn") {
    const { k, temperature } = evaluation.settings;
    return `kNN, k ${k}, temperature ${temperature}`;
  }
  if (evaluation.kind === "svm") return svmName(evaluation, place);
  if (evaluation.kind === "finetune") return fineTuneName(evaluation, place);
  const { protocol, epochs, schedule, batchSize, seed, augment, learningRates } = evaluation.settings;
  const { fraction, learningRate, layer } = evaluation.results[place]!;
  return [
    "linear probe",
    ...(layer === undefined ? [] : [`layer ${layer}`]),
    ...(protocol === undefined ? [] : [`protocol ${protocol}`]),
    ...(fraction < 1 ? [`${percent(fraction)} of the labels`] : []),
    counted(epochs, "epoch"),
    ...(augment ? ["augmented images"] : []),
    `batch ${batchSize}`,
    `schedule ${schedule}`,
    learningRates.length === 1
      ? `learning rate ${learningRate}`
      : `learning rate ${learningRate}, best of ${learningRates.length}`,
    `seed ${seed}`,
  ].join(", ");
}

/** "fine-tuned, 1.0 % of the labels, 20 epochs, batch 256, learning rates 0.02 and 5, seed 0" */
export function fineTuneName({ settings, results }: KeptFineTune, place: number, withSeed = true): string {
  const { epochs, batchSize, scratchRate, seed } = settings;
  const { fraction, trunkRate, headRate } = results[place]!;
  return [
    "fine-tuned",
    ...(fraction < 1 ? [`${percent(fraction)} of the labels`] : []),
    counted(epochs, "epoch"),
    `batch ${batchSize}`,
    `learning rates ${trunkRate} and ${headRate}, from scratch ${scratchRate}`,
    ...(withSeed ? [`seed ${seed}`] : []),
  ].join(", ");
}

/** "linear SVM, protocol vissl, 4 images of a class, seed 0, mean average precision" */
export function svmName({ settings, results }: KeptSvm, place: number, withSeed = true): string {
  const { shots, layer } = results[place]!;
  return [
    `linear SVM, protocol ${settings.protocol}`,
    ...(layer === undefined ? [] : [`layer ${layer}`]),
    ...(shots === null ? [] : [`${counted(shots, "image")} of a class`]),
    ...(shots === null || !withSeed ? [] : [`seed ${settings.seed}`]),
    "mean average precision",
  ].join(", ");
}

function imagesText({ train, test, trainImages, testImages, ofRun }: EvaluatedImages): string {
  const place = (root: string) => (ofRun ? "" : ` of ${root}`);
  return (
    `${count(trainImages)} labelled images${place(train)}, ${count(testImages)} test ` +
    `images${place(test)}`
  );
}
