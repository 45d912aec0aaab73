import * as tf from "@tensorflow/tfjs";

import type { ProgramState } from "./program-state.ts";

/** The state of variables whose values are kept elsewhere, from what reads and writes several of them. */
export function stateOfVariables(
  variables: Readonly<Record<string, tf.Variable>>,
  { readEach, writeEach }: Pick<ProgramState, "readEach" | "writeEach">,
): ProgramState {
  const names = Object.keys(variables);
  const named = function* () {
    const values = readEach(names);
    for (const [place, name] of names.entries()) yield [name, values[place]!] as const;
  };
  return {
    names,
    read: (name) => readEach([name])[0]!,
    write: (name, values) => writeEach(new Map([[name, values]])),
    readEach,
    writeEach,
    toEager() {
      for (const [name, { values, shape }] of named()) {
        const variable = variables[name]!;
        tf.tidy(() => variable.assign(tf.tensor(values, [...shape], variable.dtype)));
      }
    },
    fromEager() {
      writeEach(new Map(names.map((name) => [name, variables[name]!.dataSync<"float32" | "int32">()])));
    },
    [Symbol.iterator]: named,
  };
}
