import {
  chanceLoss,
  type CheckpointScore,
  counted,
  diverges,
  FEATURES,
  type LinearSettings,
  percent,
  points,
} from "@tssl/core/internal";
import type { LinearResult } from "@tssl/core/run";

import { balanceText } from "./balance-text.ts";
import { probeDiverges } from "./messages/evaluation.ts";
import { table } from "./table.ts";

/**
 * The result of `tssl evaluate linear`: how it was measured, and one result for each fraction of the labels.
 */
export interface LinearEvaluation extends LinearSettings {
  readonly checkpoint: string;
  /** What makes it the run's best, where that was asked for. */
  readonly chosenBy?: CheckpointScore;
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
  const withLayers = results.some(({ layer }) => layer !== undefined);
  const summary = table([
    [
      ...(withLayers ? ["layer"] : []),
      "labels",
      "images",
      "lr",
      "top-1",
      "per class",
      "untrained",
      "top-5",
      "train loss",
    ],
    ...results.map((result, i) => [
      ...(withLayers ? [result.layer ?? FEATURES] : []),
      percent(result.fraction),
      String(result.trainImages),
      String(result.learningRate),
      percent(result.top1),
      percent(result.balancedAccuracy),
      percentOrNone(untrained?.[i]?.top1 ?? null),
      percentOrNone(result.top5),
      result.trainLoss.toPrecision(3),
    ]),
  ]);
  const chance = chanceLoss(classes.length);
  const images = how.augment ? "augmented images" : "cached features";
  return [
    `${checkpoint}: linear probe${how.protocol === undefined ? "" : `, protocol ${how.protocol}`}, ` +
      `${counted(how.epochs, "epoch")} of ${images}, ${how.schedule} schedule, ` +
      `batch ${how.batchSize}, seed ${how.seed}; ${counted(results[0]!.images, "test image")}`,
    summary,
    ...balanceLines(results),
    ...results
      .filter((result) => diverges(result, classes.length))
      .map((result) => probeDiverges(result, chance)),
    ...results.flatMap((result) => [
      ...heldOutText(result),
      `\nConfusion with ${sharesText(result)}: rows are classes, columns are ` + "predictions:",
      confusionText(result, classes),
    ]),
    "",
  ].join("\n");
}

/** "10.0 % of the labels", "res5 and 10.0 % of the labels" */
const sharesText = ({ layer, fraction }: LinearResult): string =>
  `${layer === undefined ? "" : `${layer} and `}${percent(fraction)} of the labels`;

/** Balanced accuracies, where classes differ in size. */
const balanceLines = (results: readonly LinearResult[]): readonly string[] =>
  results.flatMap((result) => {
    const text = balanceText(result.top1, result);
    return text === "" ? [] : [`${sharesText(result)}: top-1 ${percent(result.top1)}${text}`];
  });

type HeldOut = NonNullable<LinearResult["heldOut"]>;

function heldOutText(result: LinearResult): readonly string[] {
  const { learningRate, heldOut } = result;
  if (heldOut === undefined) return [];
  const rates = heldOut.accuracies.map(
    (tried) =>
      `${tried.learningRate}: ${percent(tried.accuracy)}${tried.diverges === true ? " (diverges)" : ""}`,
  );
  return [
    `\nAccuracy by lr with ${sharesText(result)}, on ${heldOut.images} held-out training ` +
      "images: " +
      rates.join(", "),
    choiceText(learningRate, heldOut),
  ];
}

/** How sure the choice of a learning rate is. */
function choiceText(chosen: number, { images, accuracies, asGood = [] }: HeldOut): string {
  const { standardError = 0 } = accuracies.find(({ learningRate }) => learningRate === chosen)!;
  const others = asGood.filter((rate) => rate !== chosen);
  const sure =
    others.length === 0
      ? "no other rate is as good within the noise"
      : `${others.join(" and ")} ${others.length === 1 ? "is" : "are"} as good within the noise, and the ` +
        "smallest is taken";
  const diverging = accuracies.filter((tried) => tried.diverges === true).length;
  return (
    `lr ${chosen} is chosen: ${sure} (standard error ${points(standardError).slice(1)} of ${images} ` +
    `images).` +
    (diverging === 0 ? "" : " With a rate that diverges the loss ends above that of guessing.")
  );
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
