import { invalidOption } from "../errors.ts";
import { probeNotFinite } from "../messages/training.ts";
import { type Choice, chooseLearningRates } from "./choose-learning-rates.ts";
import { classBalancedSubset } from "./class-subset.ts";
import { classification } from "./classification.ts";
import { FEATURES } from "./compile-features.ts";
import type { LinearData } from "./linear-data.ts";
import type { LinearOptions } from "./linear-options.ts";
import { type LinearProbe, probeScores } from "./linear-probe.ts";
import type { LinearResult } from "./linear-result.ts";
import { type Lesson, trainProbes } from "./train-probes.ts";

/** @throws {TsslError} INVALID_OPTION if a fraction leaves less than one image a class on average. */
export function requireFraction(fraction: number, labels: Int32Array, classes: number): void {
  const least = classes / labels.length;
  if (fraction >= least && fraction <= 1) return;
  throw invalidOption(
    "fraction",
    `at least ${least.toPrecision(2)} (one image for each of ${classes} classes, of ${labels.length}) and ` +
      `at most 1`,
    fraction,
  );
}

/**
 * Trains a linear classifier on a frozen encoder's features, or on those of each of its layers, and tests it
 * after the last epoch. Layers share each pass over augmented images; each gets the numbers that it would get
 * alone.
 *
 * Reference: MoCo, https://arxiv.org/abs/1911.05722, section 4.1, and the authors' main_lincls.py; CLSA's
 * lincls.py. Both report the best test accuracy of any epoch; here nothing is chosen by the test images. Of
 * several learning rates one is chosen by a tenth of the training images, held out class by class (see
 * `chooseRate`), and trained again on all of them.
 *
 * With a `fraction` the encoder stays frozen too. (SimCLR, section 4.3, fine-tunes it.)
 *
 * @throws {TsslError} INVALID_OPTION if the fraction leaves less than one image a class on average, or too
 * few to hold any out; NOT_FINITE if features are NaN or infinite; TRAINING_FAILED if the loss is no longer a
 * number, or ends above that of guessing with every one of several rates.
 *
 * @returns one result for each layer, in their order.
 */
export async function evaluateLinear(
  data: LinearData,
  options: LinearOptions,
): Promise<readonly LinearResult[]> {
  const { learningRates, fraction, seed } = options;
  const { trainLabels } = data;
  requireFraction(fraction, trainLabels, data.classes);
  const chosen = classBalancedSubset(trainLabels, fraction, { seed, purpose: "labelled fraction" });
  const [first] = learningRates;
  if (first === undefined) throw invalidOption("learningRates", "at least one number above 0", learningRates);

  const places = data.layers.map((_, i) => i);
  const results: LinearResult[] = [];
  // Features that stay are large: one layer after the other. Augmented images are computed anew in each epoch.
  for (const layers of data.augmented === undefined ? places.map((place) => [place]) : [places]) {
    const choices =
      learningRates.length === 1
        ? layers.map(() => ({ learningRate: first }))
        : await chooseLearningRates(data, options, { chosen, layers });
    results.push(...(await trainAndTest(data, options, { chosen, layers }, choices)));
  }
  return results;
}

/** @param choices of each layer. */
async function trainAndTest(
  data: LinearData,
  options: LinearOptions,
  lesson: Lesson,
  choices: readonly Choice[],
): Promise<readonly LinearResult[]> {
  const rates = choices.map(({ learningRate }) => [learningRate]);
  const probes = await trainProbes(data, options, lesson, rates);
  const results: LinearResult[] = [];
  for (const [i, choice] of choices.entries()) {
    const [probe] = probes[i]!;
    if (!isFiniteProbe(probe!)) throw probeNotFinite(choice.learningRate);
    const layer = lesson.layers[i]!;
    const { name } = data.layers[layer]!;
    const { features, labels } = await data.test(layer);
    results.push({
      ...(name === FEATURES ? {} : { layer: name }),
      fraction: options.fraction,
      trainImages: lesson.chosen.length,
      ...choice,
      trainLoss: probe!.losses.at(-1)!,
      ...classification(await probeScores(probe!, features), labels, data.classes),
    });
  }
  return results;
}

/** False where the learning rate was too large. */
const isFiniteProbe = ({ losses }: LinearProbe): boolean => Number.isFinite(losses.at(-1));
