import type { FineTuneResult } from "../evaluation/fine-tune-result.ts";
import type { KnnOptions } from "../evaluation/knn.ts";
import type { LinearOptions } from "../evaluation/linear-options.ts";
import type { LinearResult } from "../evaluation/linear-result.ts";
import type { SvmResult } from "../evaluation/evaluate-svm.ts";
import type { SvmProtocolName } from "../evaluation/svm-protocol.ts";

/** The images of an evaluation. */
export interface EvaluatedImages {
  /** Where the labelled images and the test images lie: absolute paths or addresses. */
  readonly train: string;
  readonly test: string;
  readonly trainImages: number;
  readonly testImages: number;
  readonly classes: readonly string[];
  /** Whether these are the images that the run's own config names. */
  readonly ofRun: boolean;
}

/** What a classification measured: at least the accuracy and the confusion matrix. */
export interface KeptResult {
  /** Share of test images whose class was found, 0 .. 1. */
  readonly top1: number;
  /** `confusion[actual][predicted]`: counts. */
  readonly confusion: readonly (readonly number[])[];
}

interface Kept<Kind extends string, Settings, Result> {
  readonly kind: Kind;
  /** Optimizer steps that the encoder was trained for. */
  readonly step: number;
  /** The same in epochs. */
  readonly epoch: number;
  /** When it was measured; ISO 8601. */
  readonly measuredAt: string;
  readonly data: EvaluatedImages;
  readonly settings: Settings;
  /** kNN: one; a linear probe: one for each share of the labels; an SVM: one for each number of images. */
  readonly results: readonly Result[];
  /** The same of the encoder before its first step; absent where it was not measured. */
  readonly untrained?: readonly Result[];
}

/** How a linear probe was trained. */
export interface LinearSettings extends Pick<
  LinearOptions,
  "schedule" | "epochs" | "batchSize" | "seed" | "protocol"
> {
  /** Rates to choose from. */
  readonly learningRates: readonly number[];
  readonly augment: boolean;
}

/** How linear SVMs were trained. */
export interface SvmSettings {
  readonly protocol: SvmProtocolName;
  /** Of the samples of low-shot machines. */
  readonly seed: number;
}

/** How networks were fine-tuned; the learning rates stand in the results. */
export interface FineTuneSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** The learning rate from scratch. */
  readonly scratchRate: number;
}

export type KeptKnn = Kept<"knn", KnnOptions, KeptResult>;
export type KeptLinear = Kept<"linear", LinearSettings, LinearResult>;

/** `untrained` is the same network from scratch. */
export type KeptFineTune = Kept<"finetune", FineTuneSettings, FineTuneResult>;
export type KeptSvm = Kept<"svm", SvmSettings, SvmResult>;

/** An evaluation of a checkpoint, as the run folder keeps it. */
export type KeptEvaluation = KeptKnn | KeptLinear | KeptSvm | KeptFineTune;

/** One number of an evaluation, 0 .. 1: an accuracy, or the mean average precision of an SVM. */
export interface KeptScore {
  readonly score: number;
  /** The same of the untrained encoder; absent where it was not measured. */
  readonly untrained?: number;
}

/** The numbers of an evaluation, in the order of its results. */
export function keptScores(evaluation: KeptEvaluation): readonly KeptScore[] {
  const { trained, untrained } =
    evaluation.kind === "svm"
      ? {
          trained: evaluation.results.map(({ meanPrecision }) => meanPrecision),
          untrained: evaluation.untrained?.map(({ meanPrecision }) => meanPrecision),
        }
      : {
          trained: evaluation.results.map(({ top1 }) => top1),
          untrained: evaluation.untrained?.map(({ top1 }) => top1),
        };
  return trained.map((score, i) => ({
    score,
    ...(untrained === undefined ? {} : { untrained: untrained[i]! }),
  }));
}
