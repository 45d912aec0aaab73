import { counted, type LinearSettings, percent } from "@tssl/core/internal";
import type { LinearResult } from "@tssl/core/run";

import { balanceText } from "./balance-text.ts";
import { table } from "./table.ts";

/**
 * The result of `tssl evaluate linear`: how it was measured, and one result for each fraction of the labels.
 */
export interface LinearEvaluation extends LinearSettings {
  readonly checkpoint: string;
  /** Folders of the images. */
  readonly train: string;
  readonly test: string;
  readonly classes: readonly string[];
  readonly results: readonly LinearResult[];
  /** The same of the untrained encoder; absent where it was not measured. */
  readonly untrained?: readonly LinearResult[];
}

const percentOrNone = (share: number | null): string => (share === null ? "–" : percent(share));

/** The results as tables. */
export function linearText({ checkpoint, classes, results, untrained, ...how }: LinearEvaluation): string {
  const summary = table([
    ["labels", "images", "lr", "top-1", "untrained", "top-5", "train loss"],
    ...results.map(({ fraction, trainImages, learningRate, top1, top5, trainLoss }, i) => [
      percent(fraction),
      String(trainImages),
      String(learningRate),
      percent(top1),
      percentOrNone(untrained?.[i]?.top1 ?? null),
      percentOrNone(top5),
      trainLoss.toPrecision(3),
    ]),
  ]);
  const images = how.augment ? "augmented images" : "cached features";
  return [
    `${checkpoint}: linear probe, ${counted(how.epochs, "epoch")} of ${images}, ${how.schedule} schedule, ` +
      `batch ${how.batchSize}, seed ${how.seed}; ${counted(results[0]!.images, "test image")}`,
    summary,
    ...balanceLines(results),
    ...results.flatMap((result) => [
      ...heldOutText(result),
      `\nConfusion with ${percent(result.fraction)} of the labels: rows are classes, columns are ` +
        "predictions:",
      confusionText(result, classes),
    ]),
    "",
  ].join("\n");
}

/** Balanced accuracies, where classes differ in size. */
const balanceLines = (results: readonly LinearResult[]): readonly string[] =>
  results.flatMap((result) => {
    const text = balanceText(result.top1, result);
    return text === ""
      ? []
      : [`${percent(result.fraction)} of the labels: top-1 ${percent(result.top1)}${text}`];
  });

function heldOutText({ fraction, heldOut }: LinearResult): readonly string[] {
  if (heldOut === undefined) return [];
  const rates = heldOut.accuracies.map(
    ({ learningRate, accuracy }) => `${learningRate}: ${percent(accuracy)}`,
  );
  return [
    `\nAccuracy by lr with ${percent(fraction)} of the labels, on ${heldOut.images} held-out training ` +
      "images: " +
      rates.join(", "),
  ];
}

const confusionText = ({ confusion, perClass }: LinearResult, classes: readonly string[]): string =>
  table([
    ["", "top-1", ...classes],
    ...confusion.map((row, actual) => [
      classes[actual]!,
      percentOrNone(perClass[actual]!),
      ...row.map(String),
    ]),
  ]);
