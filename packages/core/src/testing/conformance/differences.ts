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

/**
 * "in step 2, moco/infoNce is 1.25 instead of 1.5", of the first scalar that differs.
 *
 * @param steps the number of each step.
 */
export function firstDifference(
  got: readonly Scalars[],
  want: readonly Scalars[],
  steps: readonly number[],
): string | undefined {
  for (const [i, scalars] of want.entries()) {
    for (const [name, value] of Object.entries(scalars)) {
      const found = got[i]![name]!;
      if (!Object.is(found, value)) return `in step ${steps[i]}, ${name} is ${found} instead of ${value}`;
    }
  }
  return undefined;
}
