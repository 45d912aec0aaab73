import type { HostTensor } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { checkpointDoesNotFit, stateNotSavable } from "../messages.ts";
import type { StateStore } from "../state/store.ts";
import type { NamedArray } from "../files/safetensors.ts";

/**
 * Every value of a run between two steps, by name: with the config and the number of steps taken, all that
 * its next step depends on.
 */
export type Snapshot = Readonly<Record<string, NamedArray>>;

/**
 * Copies a run's state: `takeSnapshot(compiled.state)`. Call it between steps.
 *
 * @throws {TsslError} CHECKPOINT for a value that is neither float32 nor int32.
 */
export function takeSnapshot(state: Iterable<readonly [string, HostTensor]>): Snapshot {
  const snapshot: Record<string, NamedArray> = {};
  for (const [name, { shape, values }] of state) {
    if (values instanceof Uint8Array) throw stateNotSavable(name);
    snapshot[name] = { shape, data: values };
  }
  return snapshot;
}

/**
 * Puts a snapshot's values into the store's variables of the same names. A run that is compiled afterwards
 * (`compileRun`) goes on from there: its steps give the numbers, to the bit, that the run gave from which the
 * snapshot was taken.
 *
 * @param options.source what holds the snapshot, for the message.
 * @param options.only which names to restore; others are left as they are.
 * @throws {TsslError} CHECKPOINT if a value is missing or has another shape, naming each; nothing is changed
 * then.
 */
export function restoreSnapshot(
  snapshot: Snapshot,
  store: StateStore,
  { source, only = () => true }: { readonly source: string; readonly only?: (name: string) => boolean },
): void {
  const wanted = store.entries().filter(({ name }) => only(name));
  const misfits = wanted.flatMap(({ name, variable }) => {
    const saved = snapshot[name]?.shape;
    const fits = saved !== undefined && tf.util.arraysEqual([...saved], variable.shape);
    return fits ? [] : [{ name, ...(saved === undefined ? {} : { saved }), wanted: variable.shape }];
  });
  if (misfits.length > 0) throw checkpointDoesNotFit(source, misfits);
  for (const { name, variable } of wanted) {
    const { shape, data } = snapshot[name]!;
    tf.tidy(() => variable.assign(tf.tensor(data, [...shape], variable.dtype as "float32" | "int32")));
  }
}
