import * as tf from "@tensorflow/tfjs";

import { worldOfOne } from "../state/replicas.ts";
import type { Scope } from "../state/scope.ts";
import type { StateStore } from "../state/store.ts";

/**
 * A scope whose parameters all start at zero, for networks whose values a test sets anyway: random ones of
 * ResNet-50 take seconds.
 */
export function blankScope(store: StateStore, prefix = ""): Scope {
  return {
    replicas: worldOfOne,
    child: (name) => blankScope(store, `${prefix}${name}.`),
    parameter: (name, shape, _initial, role) =>
      store.add(prefix + name, tf.zeros([...shape]), { role, trained: true }),
    buffer: (name, shape) =>
      store.add(prefix + name, tf.zeros([...shape]), { role: "buffer", trained: false }),
    seed: () => 0,
  };
}
