import type { HostTensor } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { TsslError } from "../errors.ts";
import type { StateStore } from "../state/store.ts";
import type { NamedArray } from "../files/safetensors.ts";

/** Every value of a run between two steps, by name: with the config and the number of steps taken, all that its next step depends on. */
export type Snapshot = Readonly<Record<string, NamedArray>>;

/**
 * Copies a run's state: `takeSnapshot(compiled.state)`. Call it between steps.
 *
 * @throws {TsslError} CHECKPOINT for a value that is neither float32 nor int32.
 */
export function takeSnapshot(state: Iterable<readonly [string, HostTensor]>): Snapshot {
  const snapshot: Record<string, NamedArray> = {};
  for (const [name, { shape, values }] of state) {
    if (values instanceof Uint8Array) {
      throw new TsslError("CHECKPOINT", `State "${name}" must be float32 or int32 to be saved.`);
    }
    snapshot[name] = { shape, data: values };
  }
  return snapshot;
}

/**
 * Puts a snapshot's values into the store's variables of the same names. A run that is compiled afterwards (`compileRun`) goes on from
 * there: its steps give the numbers, to the bit, that the run gave from which the snapshot was taken.
 *
 * @param options.source what holds the snapshot, for the message.
 * @param options.only which names to restore; others are left as they are.
 * @throws {TsslError} CHECKPOINT if a value is missing or has another shape, naming each; nothing is changed then.
 */
export function restoreSnapshot(
  snapshot: Snapshot,
  store: StateStore,
  { source, only = () => true }: { readonly source: string; readonly only?: (name: string) => boolean },
): void {
  const wanted = store.entries().filter(({ name }) => only(name));
  const problems = wanted.flatMap(({ name, variable }) => {
    const saved = snapshot[name];
    if (saved === undefined) return [`${name} is missing`];
    const same = tf.util.arraysEqual([...saved.shape], variable.shape);
    return same
      ? []
      : [`${name} has shape [${saved.shape.join(", ")}], the run needs [${variable.shape.join(", ")}]`];
  });
  if (problems.length > 0) {
    throw new TsslError(
      "CHECKPOINT",
      `${source} does not fit this run:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
  }
  for (const { name, variable } of wanted) {
    const { shape, data } = snapshot[name]!;
    tf.tidy(() => variable.assign(tf.tensor(data, [...shape], variable.dtype as "float32" | "int32")));
  }
}
