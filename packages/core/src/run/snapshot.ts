import type { HostTensor } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { checkpointDoesNotFit, type Misfit, stateNotSavable } from "../messages/checkpoint.ts";
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
 * @throws {TsslError} CHECKPOINT if a value is missing or has another shape or type, naming each; nothing is
 * changed then.
 */
export function restoreSnapshot(
  snapshot: Snapshot,
  store: StateStore,
  { source, only = () => true }: { readonly source: string; readonly only?: (name: string) => boolean },
): void {
  const wanted = store.entries().filter(({ name }) => only(name));
  const misfits = wanted.flatMap(({ name, variable }): Misfit[] => {
    const saved = snapshot[name];
    if (saved === undefined) return [{ name, wanted: variable.shape }];
    const at = { name, saved: saved.shape, wanted: variable.shape };
    if (!tf.util.arraysEqual([...saved.shape], variable.shape)) return [at];
    const type = typeOf(saved);
    return type === variable.dtype ? [] : [{ ...at, types: { saved: type, wanted: variable.dtype } }];
  });
  if (misfits.length > 0) throw checkpointDoesNotFit(source, misfits);
  for (const { name, variable } of wanted) {
    const { shape, data } = snapshot[name]!;
    tf.tidy(() => variable.assign(tf.tensor(data, [...shape], variable.dtype as "float32" | "int32")));
  }
}

function typeOf({ data }: NamedArray): string {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "uint8";
}
