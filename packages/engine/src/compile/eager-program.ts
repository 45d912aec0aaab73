import * as tf from "@tensorflow/tfjs";

import type { HostTensor, HostValues } from "./data-types.ts";
import { inputTensors, requireSizes } from "./input-tensors.ts";
import type { HostTensors, Program, Step } from "./compiled-step.ts";
import type { ProgramState } from "./program-state.ts";
import { requireState, requireValues } from "./state-checks.ts";

/**
 * A program that runs steps op by op, on the tfjs variables: for debugging, and as a reference for compiled
 * steps.
 */
export function eagerProgram(variables: Readonly<Record<string, tf.Variable>>): Program {
  const waiting = new Set<Record<string, tf.Tensor>>();
  const load = (step: Step, inputs: HostTensors) => {
    requireSizes(inputs);
    const given = inputTensors(inputs);
    waiting.add(given);
    return {
      async run() {
        try {
          // Results are cloned before they are freed: a result may be an input or a variable.
          return await read(
            tf.tidy(() =>
              Object.fromEntries(
                Object.entries(step(given)).map(([name, result]) => [name, tf.clone(result)]),
              ),
            ),
          );
        } finally {
          waiting.delete(given);
          tf.dispose(given);
        }
      },
    };
  };
  return {
    mode: "eager",
    state: eagerState(variables),
    compile: (_name, step) => ({
      record: () => undefined,
      load: (inputs) => load(step, inputs),
      run: async (inputs) => load(step, inputs).run(),
    }),
    dispose() {
      tf.dispose([...waiting]);
      return Promise.resolve();
    },
  };
}

/** Reads results and frees them. */
async function read(results: Readonly<Record<string, tf.Tensor>>): Promise<Record<string, HostTensor>> {
  try {
    const values = Object.entries(results).map(
      async ([name, tensor]) =>
        [name, { values: (await tensor.data()).slice(), shape: tensor.shape }] as const,
    );
    return Object.fromEntries(await Promise.all(values));
  } finally {
    tf.dispose({ ...results });
  }
}

function eagerState(variables: Readonly<Record<string, tf.Variable>>): ProgramState {
  const names = Object.keys(variables);
  const read = (name: string): HostTensor => {
    const variable = requireState(variables, name);
    return { values: variable.dataSync().slice(), shape: variable.shape };
  };
  const writeEach = (values: ReadonlyMap<string, HostValues>): void => {
    for (const [name, given] of values) requireValues(name, requireState(variables, name), given);
    for (const [name, given] of values) {
      const variable = variables[name]!;
      tf.tidy(() => variable.assign(tf.tensor(given.slice(), variable.shape, variable.dtype)));
    }
  };
  return {
    names,
    read,
    write: (name, values) => writeEach(new Map([[name, values]])),
    readEach: (chosen) => chosen.map(read),
    writeEach,
    toEager() {},
    fromEager() {},
    *[Symbol.iterator]() {
      for (const name of names) yield [name, read(name)] as const;
    },
  };
}
