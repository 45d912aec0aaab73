// The sentences of errors NOT_FINITE.

import { TsslError } from "../errors.ts";
import { count } from "../text/numbers.ts";

/** How many numbers of a tensor are not finite. */
export interface NotFiniteCount {
  readonly nan: number;
  readonly infinite: number;
  /** How many numbers the tensor holds in all. */
  readonly of: number;
}

/** "9 NaN, 1 infinite of 432" */
export function notFiniteText({ nan, infinite, of }: NotFiniteCount): string {
  const counts = [nan > 0 ? `${nan} NaN` : "", infinite > 0 ? `${infinite} infinite` : ""].filter(Boolean);
  return `${counts.join(", ")} of ${of}`;
}

/** A loss term, or a number of the step such as the loss. */
export interface StepNumber {
  readonly name: string;
  readonly value: number;
  /** The plugin of a loss term. */
  readonly plugin?: string;
}

export interface NotFiniteFacts {
  readonly step: number;
  readonly folder: string;
  readonly notFinite: readonly StepNumber[];
  /** Loss terms that are finite. */
  readonly finite: readonly StepNumber[];
  /** Tensors of the state after the step that hold NaN or infinite numbers. */
  readonly tensors: readonly (NotFiniteCount & { readonly name: string })[];
  /** The last good checkpoint. */
  readonly checkpoint?: string;
}

export function stepNotFinite(facts: NotFiniteFacts): TsslError {
  const { step, folder, notFinite, finite, tensors, checkpoint } = facts;
  const text = ({ name, plugin, value }: StepNumber) =>
    `${name}${plugin === undefined ? "" : ` (plugin ${plugin})`} is ${value}`;
  const where =
    notFinite.length === 0
      ? "Its loss terms and its gradient are finite, but values that the optimizer or a plugin wrote are not."
      : `Not finite: ${notFinite.map(text).join(", ")}.`;
  const others = finite.length === 0 ? "" : ` Finite: ${finite.map(text).join(", ")}.`;
  const saved =
    checkpoint === undefined
      ? "No checkpoint was saved before it."
      : `${checkpoint} is the last good checkpoint.`;
  const isBeforeTraining = step === 1 && notFinite.length > 0;
  return new TsslError(
    "NOT_FINITE",
    `Step ${step} gave numbers that are not finite. ${where}${others}${stateText(tensors)} ${saved} ` +
      `\`tssl replay ${folder}\` repeats the step and shows the op that first gave such a number. ` +
      (isBeforeTraining ? BEFORE_TRAINING : SMALLER_STEPS),
    { data: { ...facts } },
  );
}

const SMALLER_STEPS =
  "A smaller optimizer.lr, a warm-up (optimizer.warmupEpochs) or gradient clipping (optimizer.clipNorm) " +
  "usually helps.";

const BEFORE_TRAINING =
  "Nothing was trained before it, so the learning rate is not the cause: look at the loss (a division by " +
  "0, a root or a logarithm of 0), at the weights that the run starts from, and at data.mean, " +
  "data.deviation and data.range.";

function stateText([first, ...more]: NotFiniteFacts["tensors"]): string {
  if (first === undefined) return "";
  const others = more.length === 1 ? "1 more tensor is" : `${more.length} more tensors are`;
  const rest = more.length === 0 ? "" : `, and ${others} not finite`;
  return ` In the state after the step, ${first.name} has ${notFiniteText(first)}${rest}.`;
}

/** @param option that names the images. @param broken images whose features are not finite. */
export const featuresNotFinite = (set: "labelled" | "test", broken: number, images: number): TsslError =>
  new TsslError(
    "NOT_FINITE",
    `The encoder's features of ${count(broken)} of the ${count(images)} ${set} images are NaN or infinite, ` +
      "so that they say nothing. Choose another checkpoint with --checkpoint.",
    { data: { set, broken, images } },
  );
