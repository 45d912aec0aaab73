import type { HostTensor } from "@tssl/engine";

import { TsslError } from "../errors.ts";

/** A tensor of the state that holds NaN or infinite numbers. */
export interface NotFiniteTensor {
  readonly name: string;
  readonly nan: number;
  readonly infinite: number;
  /** How many numbers it holds in all. */
  readonly of: number;
}

/** Scalars of a step without which it cannot be gone on from: those of the loss terms, the loss, and the length of the gradient. */
export const notFiniteScalars = (
  scalars: Readonly<Record<string, number>>,
  terms: ReadonlySet<string>,
): readonly string[] =>
  Object.keys(scalars).filter(
    (name) =>
      (terms.has(name) || name === "loss" || name === "gradientNorm") && !Number.isFinite(scalars[name]),
  );

/** Tensors of a state that hold NaN or infinite numbers, in its order. */
export function notFiniteTensors(
  state: Iterable<readonly [string, Pick<HostTensor, "values">]>,
): readonly NotFiniteTensor[] {
  return [...state].flatMap(([name, { values }]) => {
    const { nan, infinite } = countNotFinite(values);
    return nan + infinite === 0 ? [] : [{ name, nan, infinite, of: values.length }];
  });
}

export function countNotFinite(values: ArrayLike<number>): { nan: number; infinite: number } {
  let nan = 0;
  let infinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) continue;
    if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  return { nan, infinite };
}

/** "9 NaN, 1 infinite of 432" */
export const notFiniteText = ({ nan, infinite, of }: Omit<NotFiniteTensor, "name">): string =>
  `${[nan > 0 ? `${nan} NaN` : "", infinite > 0 ? `${infinite} infinite` : ""].filter(Boolean).join(", ")} of ${of}`;

export interface NotFiniteStep {
  readonly step: number;
  readonly scalars: Readonly<Record<string, number>>;
  /** Names of the loss terms. */
  readonly terms: ReadonlySet<string>;
  /** Of the state after the step. */
  readonly tensors: readonly NotFiniteTensor[];
  /** The last checkpoint that is good, if there is one. */
  readonly checkpoint?: string;
  readonly folder: string;
}

/** Says at which step, in which terms of which plugins, and in which tensors numbers stopped being finite, and what to do. */
export function notFinite({ step, scalars, terms, tensors, checkpoint, folder }: NotFiniteStep): TsslError {
  const broken = notFiniteScalars(scalars, terms);
  const name = (term: string) => (terms.has(term) ? `${term} (plugin ${term.split("/")[0]})` : term);
  const where =
    broken.length === 0
      ? "Its terms and its gradient are finite; what the optimizer or a plugin wrote is not."
      : `Not finite: ${broken.map((each) => `${name(each)} is ${scalars[each]}`).join(", ")}.`;
  const fine = [...terms].filter((term) => !broken.includes(term));
  const others =
    fine.length === 0
      ? ""
      : ` Finite: ${fine.map((each) => `${name(each)} is ${scalars[each]}`).join(", ")}.`;
  const [first, ...more] = tensors;
  const state =
    first === undefined
      ? ""
      : ` In the state after it ${first.name} has ${notFiniteText(first)}${more.length === 0 ? "" : `, and ${more.length === 1 ? "1 more tensor is" : `${more.length} more tensors are`} not finite`}.`;
  return new TsslError(
    "NOT_FINITE",
    `Step ${step} gave numbers that are not finite. ${where}${others}${state} ` +
      `${checkpoint === undefined ? "No checkpoint was saved before it" : `${checkpoint} is the last good checkpoint`}. ` +
      `\`tssl replay ${folder}\` takes the step again and shows where it begins. A smaller lr, a warm-up (optimizer.warmupEpochs) or optimizer.clipNorm usually helps.`,
  );
}
