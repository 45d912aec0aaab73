import { invalidOption } from "../errors.ts";
import { everyRateDiverges } from "../messages/training.ts";
import { rowsOf } from "../state/rows-of.ts";
import { chanceLoss, chooseRate, diverges, standardError, type TriedRate } from "./choose-rate.ts";
import { splitOff } from "./class-subset.ts";
import type { LabelledFeatures, LinearData } from "./linear-data.ts";
import type { LinearOptions } from "./linear-options.ts";
import { type LinearProbe, probeScores } from "./linear-probe.ts";
import type { LinearResult, RateResult } from "./linear-result.ts";
import { type Lesson, trainProbes } from "./train-probes.ts";

/** Share of the training images that learning rates are compared on. */
const HELD_OUT = 0.1;

/** The learning rate of a probe, and how it was chosen where there was a choice. */
export type Choice = Pick<LinearResult, "learningRate" | "heldOut">;

/** Trains a probe of each layer with each rate on most of the images, and chooses one by the rest. */
export async function chooseLearningRates(
  data: LinearData,
  options: LinearOptions,
  { chosen, layers }: Lesson,
): Promise<readonly Choice[]> {
  const { trainLabels } = data;
  const { learningRates, fraction, seed } = options;
  const { kept, heldOut } = splitOff(trainLabels, chosen, HELD_OUT, { seed, purpose: "held out" });
  if (heldOut.length === 0) {
    throw invalidOption(
      "fraction",
      "enough for two images of some class, to choose among learning rates",
      fraction,
      "Or give one learning rate.",
    );
  }
  const labels = heldOut.map((index) => trainLabels[index]!);
  const rates = layers.map(() => learningRates);
  const choices: Choice[] = [];
  for (const [i, probes] of (await trainProbes(data, options, { chosen: kept, layers }, rates)).entries()) {
    const { values, dim } = await data.train(layers[i]!);
    const features = { values: rowsOf(values, dim, heldOut), count: heldOut.length, dim };
    choices.push(await chooseAmong(probes, { features, labels }, learningRates, data.classes));
  }
  return choices;
}

async function chooseAmong(
  probes: readonly LinearProbe[],
  { features, labels }: LabelledFeatures,
  learningRates: readonly number[],
  classes: number,
): Promise<Choice> {
  const tried: TriedRate[] = [];
  for (const [i, probe] of probes.entries()) {
    const answers = answersOf(await probeScores(probe, features), labels, classes);
    tried.push({ learningRate: learningRates[i]!, trainLoss: probe.losses.at(-1)!, ...answers });
  }
  const choice = chooseRate(tried, classes);
  if (choice === undefined) throw everyRateDiverges(learningRates, chanceLoss(classes));
  return {
    learningRate: choice.learningRate,
    heldOut: {
      images: features.count,
      accuracies: tried.map((each) => resultOf(each, classes)),
      asGood: choice.asGood,
    },
  };
}

function resultOf(tried: TriedRate, classes: number): RateResult {
  const { learningRate, trainLoss } = tried;
  const right = tried.right.map(Number);
  return {
    learningRate,
    accuracy: right.reduce((sum, one) => sum + one, 0) / right.length,
    standardError: standardError(right),
    trainLoss: Number.isFinite(trainLoss) ? trainLoss : null,
    diverges: diverges(tried, classes),
  };
}

/** Whether each image is classified right, and its cross-entropy. Scores that are not numbers are wrong. */
function answersOf(
  scores: Float32Array,
  labels: Int32Array,
  classes: number,
): Pick<TriedRate, "right" | "losses"> {
  const rows = Array.from(labels, (label, image) => ({
    label,
    row: scores.subarray(image * classes, (image + 1) * classes),
  }));
  return {
    right: rows.map(({ label, row }) => row.indexOf(Math.max(...row)) === label),
    losses: rows.map(({ label, row }) => {
      const most = Math.max(...row);
      return most + Math.log(row.reduce((sum, score) => sum + Math.exp(score - most), 0)) - row[label]!;
    }),
  };
}
