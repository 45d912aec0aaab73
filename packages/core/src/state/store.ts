import * as tf from "@tensorflow/tfjs";

import { stateExists, stateMissing } from "../messages/hooks.ts";

/**
 * What a value in the store is for: `weight` and `vector` are trained; only weights decay where the optimizer
 * says so.
 */
export type StateRole = "weight" | "vector" | "buffer";

export interface StateEntry {
  readonly name: string;
  readonly role: StateRole;
  /** False for parameters of networks that no gradient moves (EMA copies). */
  readonly trained: boolean;
  readonly variable: tf.Variable;
}

/**
 * Everything that a run remembers from step to step, by name: parameters, batch-norm statistics, EMA copies,
 * queues, optimizer slots. One store per run owns all of it, which is what makes checkpoints whole and leaks
 * nameable.
 */
export interface StateStore {
  /** Adds a value under a name that is not taken; `initial` is copied into a variable and freed. */
  add(name: string, initial: tf.Tensor, options: { role: StateRole; trained: boolean }): tf.Variable;
  get(name: string): StateEntry;
  entries(): readonly StateEntry[];
  /** Every value by its name. */
  variables(): Readonly<Record<string, tf.Variable>>;
  /** What all values take in memory. */
  readonly bytes: number;
  /** The variables that the optimizer moves, in the order in which they were made. */
  trained(): readonly StateEntry[];
  dispose(): void;
}

export function createStateStore(): StateStore {
  const entries = new Map<string, StateEntry>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    add(name, initial, { role, trained }) {
      if (entries.has(name)) throw stateExists(name);
      const variable = tf.variable(initial, trained);
      initial.dispose();
      bytes += variable.size * tf.util.bytesPerElement(variable.dtype);
      entries.set(name, { name, role, trained, variable });
      return variable;
    },
    get(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw stateMissing(name);
      return entry;
    },
    entries: () => [...entries.values()],
    variables: () => Object.fromEntries([...entries].map(([name, { variable }]) => [name, variable])),
    trained: () => [...entries.values()].filter((entry) => entry.trained),
    dispose() {
      for (const { variable } of entries.values()) variable.dispose();
      entries.clear();
    },
  };
}
