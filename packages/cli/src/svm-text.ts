import {
  type CheckpointScore,
  counted,
  FEATURES,
  percent,
  points,
  type SvmSettings,
} from "@tssl/core/internal";
import type { SvmResult } from "@tssl/core/run";

import { costsByTestImages } from "./messages/evaluation.ts";
import { table } from "./table.ts";

/** The result of `tssl evaluate svm`: how it was measured, and one result for each number of images. */
export interface SvmEvaluation extends SvmSettings {
  readonly checkpoint: string;
  /** What makes it the run's best, where that was asked for. */
  readonly chosenBy?: CheckpointScore;
  /** Where the images are. */
  readonly train: string;
  readonly test: string;
  readonly classes: readonly string[];
  readonly results: readonly SvmResult[];
  /** The same of the untrained encoder; absent where it was not measured. */
  readonly untrained?: readonly SvmResult[];
}

/** The results as tables. */
export function svmText(evaluation: SvmEvaluation): string {
  const { checkpoint, protocol, classes, results, untrained } = evaluation;
  const withLayers = results.some(({ layer }) => layer !== undefined);
  const fewShots = results.some(({ shots }) => shots !== null);
  return [
    `${checkpoint}: linear SVM, protocol ${protocol}${fewShots ? `, seed ${evaluation.seed}` : ""}; ` +
      `${counted(classes.length, "class", "classes")}, ${counted(results[0]!.testImages, "test image")}`,
    table([
      [
        ...(withLayers ? ["layer"] : []),
        "labels",
        "images",
        "C",
        "mAP",
        "deviation",
        "11-point",
        "untrained",
      ],
      ...results.map((result, i) => [
        ...(withLayers ? [result.layer ?? FEATURES] : []),
        labelsText(result),
        String(result.trainImages),
        costText(result.costs),
        percent(result.meanPrecision),
        result.samples === undefined ? "–" : points(deviation(result.samples)).slice(1),
        percent(result.meanElevenPoint),
        untrained === undefined ? "–" : percent(untrained[i]!.meanPrecision),
      ]),
    ]),
    ...(protocol === "vissl" && fewShots ? [costsByTestImages()] : []),
    ...results.flatMap((result, i) => [
      `\nAverage precision of each class, ${result.layer === undefined ? "" : `${result.layer}, `}` +
        `${labelsText(result)}:`,
      classTable(result, untrained?.[i], classes),
    ]),
    "",
  ].join("\n");
}

const labelsText = ({ shots }: SvmResult): string =>
  shots === null ? "all images" : `${counted(shots, "image")} of a class`;

const costText = (costs: readonly number[]): string =>
  costs.every((cost) => cost === costs[0]) ? String(costs[0]) : "by class";

/** Standard deviation of the samples themselves, as both protocols' code has it. */
function deviation(samples: readonly number[]): number {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  return Math.sqrt(samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / samples.length);
}

function classTable(
  { perClass, perClassElevenPoint, costs }: SvmResult,
  untrained: SvmResult | undefined,
  classes: readonly string[],
): string {
  const text = (precision: number | null | undefined) =>
    precision === null || precision === undefined ? "–" : percent(precision);
  return table([
    ["", "C", "AP", "11-point", "untrained"],
    ...classes.map((name, i) => [
      name,
      String(costs[i]!),
      text(perClass[i]),
      text(perClassElevenPoint[i]),
      text(untrained?.perClass[i]),
    ]),
  ]);
}
