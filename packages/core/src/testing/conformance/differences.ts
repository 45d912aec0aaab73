import type { HostValues } from "@tssl/engine";

import type { CompiledRun } from "../../training/compile-run.ts";

export type Scalars = Readonly<Record<string, number>>;
type State = ReadonlyMap<string, HostValues>;

export const same = (a: HostValues, b: HostValues): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));

/** The values of a run's state by name, copied. @param only which of them. */
export const stateOf = (
  { state }: Pick<CompiledRun, "state">,
  only: (name: string) => boolean = () => true,
): State =>
  new Map(Array.from(state).flatMap(([name, { values }]) => (only(name) ? [[name, values] as const] : [])));

/** The names of the values that are not equal to the bit. */
export const differing = (a: State, b: State): readonly string[] =>
  [...a].flatMap(([name, values]) => (same(values, b.get(name)!) ? [] : [name]));

/** A scalar that a step gave otherwise than another run's step. */
export interface ScalarDifference {
  readonly step: number;
  readonly name: string;
  readonly found: number;
  readonly wanted: number;
}

/** How two runs differ: by a scalar of a step, or by the state that they end with, told by its names. */
export type Difference = ScalarDifference | { readonly endOf: readonly string[] };

/**
 * The first scalar that differs.
 *
 * @param steps the number of each step.
 */
export function firstDifference(
  got: readonly Scalars[],
  want: readonly Scalars[],
  steps: readonly number[],
): ScalarDifference | undefined {
  for (const [i, scalars] of want.entries()) {
    for (const [name, wanted] of Object.entries(scalars)) {
      const found = got[i]![name]!;
      if (!Object.is(found, wanted)) return { step: steps[i]!, name, found, wanted };
    }
  }
  return undefined;
}
