import { randomStream } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { type Replicas, worldOfOne } from "./replicas.ts";
import { drawnDirections, drawnValues } from "./drawn-values.ts";
import { requireRoom } from "./require-room.ts";
import type { StateStore } from "./store.ts";

/** How a parameter starts. Deviations and bounds follow PyTorch's initializers of the same names. */
export type Initial =
  | { readonly kind: "constant"; readonly value: number }
  /** Normal with mean 0. */
  | { readonly kind: "normal"; readonly deviation: number }
  /**
   * Uniform in [-bound, bound). With `unitRows` each row, along the last axis, is then scaled to length 1.
   */
  | { readonly kind: "uniform"; readonly bound: number; readonly unitRows?: boolean }
  /** Copied; stays the caller's. */
  | { readonly kind: "values"; readonly values: tf.Tensor };

/**
 * Where a network's layers make their parameters: names nest as in PyTorch's `state_dict`,
 * "layer1.0.conv1.weight".
 */
export interface Scope {
  /** Those that train together: batch norm takes the statistics of all their rows. */
  readonly replicas: Replicas;
  child(name: string): Scope;
  /**
   * A value that gradients move. `weight`: a convolution's or dense layer's; `vector`: biases, those of
   * norms, and embeddings, which weight decay may leave out.
   */
  parameter(name: string, shape: readonly number[], initial: Initial, role: "weight" | "vector"): tf.Variable;
  /** A value that no gradient moves: running statistics. */
  buffer(name: string, shape: readonly number[], initial: Initial): tf.Variable;
  /**
   * A whole number, 0 .. 2^31 - 1, that the run's seed and this name fix: for initializers that are not ours.
   */
  seed(name: string): number;
}

/**
 * @param seed with the parameter's name it fixes the parameter's first value, whatever else the network holds
 * and in whichever order it was made.
 * @param prefix e.g. "moco.online."
 * @param options.drawnAs stands for the prefix where first values are drawn: two scopes that agree in it
 * start alike. Default: the prefix.
 * @param options.replicas default: a world of one.
 */
export function createScope(
  store: StateStore,
  seed: number,
  prefix: string,
  trained: boolean,
  {
    drawnAs = prefix,
    replicas = worldOfOne,
  }: { readonly drawnAs?: string; readonly replicas?: Replicas } = {},
): Scope {
  const first = (name: string, shape: readonly number[], initial: Initial) => {
    requireRoom(store, prefix + name, shape);
    return initialTensor(initial, shape, seed, drawnAs + name);
  };
  return {
    replicas,
    child: (name) =>
      createScope(store, seed, `${prefix}${name}.`, trained, { drawnAs: `${drawnAs}${name}.`, replicas }),
    parameter: (name, shape, initial, role) =>
      store.add(prefix + name, first(name, shape, initial), { role, trained }),
    buffer: (name, shape, initial) =>
      store.add(prefix + name, first(name, shape, initial), { role: "buffer", trained: false }),
    seed: (name) => randomStream(seed, "initial value", drawnAs + name).integer(2 ** 31),
  };
}

function initialTensor(initial: Initial, shape: readonly number[], seed: number, name: string): tf.Tensor {
  if (initial.kind === "constant") return tf.fill([...shape], initial.value);
  if (initial.kind === "values") return tf.clone(initial.values);
  const random = randomStream(seed, "initial value", name);
  const draw =
    initial.kind === "normal"
      ? () => random.normal() * initial.deviation
      : () => random.between(-initial.bound, initial.bound);
  const size = tf.util.sizeFromShape([...shape]);
  const [dim = 1] = shape.slice(-1);
  const hasUnitRows = initial.kind === "uniform" && initial.unitRows === true;
  const values = hasUnitRows ? drawnDirections(size / dim, dim, draw) : drawnValues(size, draw);
  return tf.tensor(values, [...shape]);
}
