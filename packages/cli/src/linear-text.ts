import {
  chanceLoss,
  type CheckpointScore,
  counted,
  diverges,
  type LinearSettings,
  percent,
  points,
} from "@tssl/core/internal";
import type { LinearResult } from "@tssl/core/run";

import { balanceText } from "./balance-text.ts";
import * as messages from "./messages.ts";
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
  const summary = table([
    ["labels", "images", "lr", "top-1", "per class", "untrained", "top-5", "train loss"],
    ...results.map(({ fraction, trainImages, learningRate, top1, balancedAccuracy, top5, trainLoss }, i) => [
      percent(fraction),
      String(trainImages),
      String(learningRate),
      percent(top1),
      percent(balancedAccuracy),
      percentOrNone(untrained?.[i]?.top1 ?? null),
      percentOrNone(top5),
      trainLoss.toPrecision(3),
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
      .map((result) => messages.probeDiverges(result, chance)),
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

type HeldOut = NonNullable<LinearResult["heldOut"]>;

function heldOutText({ fraction, learningRate, heldOut }: LinearResult): readonly string[] {
  if (heldOut === undefined) return [];
  const rates = heldOut.accuracies.map(
    (tried) =>
      `${tried.learningRate}: ${percent(tried.accuracy)}${tried.diverges === true ? " (diverges)" : ""}`,
  );
  return [
    `\nAccuracy by lr with ${percent(fraction)} of the labels, on ${heldOut.images} held-out training ` +
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
