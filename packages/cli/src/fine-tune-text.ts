import { type CheckpointScore, counted, type FineTuneSettings, percent, points } from "@tssl/core/internal";
import type { FineTuneResult } from "@tssl/core/run";

import { preTrainingPays } from "./messages/fine-tuning.ts";
import { table } from "./table.ts";

/** The result of `tssl evaluate finetune`: one for each share of the labels. */
export interface FineTuneEvaluation extends FineTuneSettings {
  readonly checkpoint: string;
  /** What makes it the run's best, where that was asked for. */
  readonly chosenBy?: CheckpointScore;
  /** Where the images are. */
  readonly train: string;
  readonly test: string;
  readonly classes: readonly string[];
  readonly results: readonly FineTuneResult[];
  /** The same network trained from scratch; absent where it was not. */
  readonly untrained?: readonly FineTuneResult[];
}

/** The results as a table, and whether pre-training pays. */
export function fineTuneText(evaluation: FineTuneEvaluation): string {
  const { checkpoint, results, untrained, epochs, batchSize, seed, scratchRate } = evaluation;
  return [
    `${checkpoint}: fine-tuned for ${counted(epochs, "epoch")}, batch ${batchSize}, seed ${seed}; ` +
      (untrained === undefined ? "" : `from scratch with lr ${scratchRate}; `) +
      counted(results[0]!.images, "test image"),
    table([
      ["labels", "images", "lr", "head lr", "top-1", "per class", "train loss", "from scratch", "gain"],
      ...results.map((result, i) => [
        percent(result.fraction),
        String(result.trainImages),
        String(result.trunkRate),
        String(result.headRate),
        percent(result.top1),
        percent(result.balancedAccuracy),
        result.trainLoss.toPrecision(3),
        ...(untrained === undefined
          ? ["–", "–"]
          : [percent(untrained[i]!.top1), points(result.top1 - untrained[i]!.top1)]),
      ]),
    ]),
    ...(untrained === undefined ? [] : results.map((result, i) => preTrainingPays(result, untrained[i]!))),
    "",
  ].join("\n");
}
