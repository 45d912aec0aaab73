import type { HostValues } from "@tssl/engine";

import type { CompiledRun } from "../../training/compile-run.ts";

export type Scalars = Readonly<Record<string, number>>;
type State = ReadonlyMap<string, HostValues>;

export const same = (a: HostValues, b: HostValues): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));

export const stateOf = ({ state }: CompiledRun): State =>
  new Map(Array.from(state, ([name, { values }]) => [name, values]));

/** The names of the values that are not equal to the bit. */
export const differing = (a: State, b: State): readonly string[] =>
  [...a].flatMap(([name, values]) => (same(values, b.get(name)!) ? [] : [name]));

/** "in step 2, moco/infoNce is 1.25 instead of 1.5", of the first scalar that differs. */
export function firstDifference(
  got: readonly Scalars[],
  want: readonly Scalars[],
  firstStep: number,
): string | undefined {
  for (const [i, scalars] of want.entries()) {
    for (const [name, value] of Object.entries(scalars)) {
      const found = got[i]![name]!;
      if (!Object.is(found, value))
        return `in step ${firstStep + i}, ${name} is ${found} instead of ${value}`;
    }
  }
  return undefined;
}
