import type { HostTensor } from "@tssl/engine";

import type { TsslError } from "../errors.ts";
import { stepNotFinite, type StepNumber } from "../messages/not-finite.ts";

/** A tensor of the state that holds NaN or infinite numbers. */
export interface NotFiniteTensor {
  readonly name: string;
  readonly nan: number;
  readonly infinite: number;
  /** How many numbers it holds in all. */
  readonly of: number;
}

/**
 * Scalars of a step without which it cannot be gone on from: those of the loss terms, the loss, and the
 * length of the gradient.
 */
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

export interface NotFiniteStep {
  readonly step: number;
  readonly scalars: Readonly<Record<string, number>>;
  /** Names of the loss terms. */
  readonly terms: ReadonlySet<string>;
  /** Tensors of the state after the step that are not finite. */
  readonly tensors: readonly NotFiniteTensor[];
  /** The last checkpoint that is good, if there is one. */
  readonly checkpoint?: string;
  readonly folder: string;
}

/**
 * Says at which step, in which terms of which plugins, and in which tensors numbers stopped being finite, and
 * what to do.
 */
export function notFinite({ step, scalars, terms, tensors, checkpoint, folder }: NotFiniteStep): TsslError {
  const broken = notFiniteScalars(scalars, terms);
  const numbers = (names: readonly string[]): readonly StepNumber[] =>
    names.map((name) => ({
      name,
      value: scalars[name]!,
      ...(terms.has(name) ? { plugin: name.split("/")[0]! } : {}),
    }));
  return stepNotFinite({
    step,
    folder,
    notFinite: numbers(broken),
    finite: numbers([...terms].filter((term) => !broken.includes(term))),
    tensors,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
}
