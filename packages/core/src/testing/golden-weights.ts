import { fill } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import type { StateEntry, StateStore } from "../state/store.ts";

/**
 * Overwrites the values of a network as packages/core/fixtures/networks.py does: each made by `fill` from its
 * name.
 *
 * @param prefix of the network's names in the store, which the golden names lack: "moco.online.encoder.".
 */
export function setGoldenWeights(store: StateStore, prefix: string): void {
  const entries = store.entries().filter(({ name }) => name.startsWith(prefix));
  const byName = new Map(entries.map((entry) => [entry.name.slice(prefix.length), entry]));
  for (const [name, { variable }] of byName) {
    const layerWeight = byName.get(name.replace(/[^.]+$/, "weight"));
    const { scale, offset } = scaleAndOffset(name, layerWeight);
    const values = fill(name, variable.size, scale).map((value) => value + offset);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}

/**
 * @param layerWeight the weight of the layer that the value belongs to, whose rank tells the layer's kind;
 * undefined for a value that belongs to none.
 */
function scaleAndOffset(
  name: string,
  layerWeight: StateEntry | undefined,
): { scale: number; offset: number } {
  const shape = layerWeight?.variable.shape ?? [];
  if (shape.length === 4) {
    const [height, width, , to] = shape as [number, number, number, number];
    return { scale: Math.sqrt(3) * Math.sqrt(2 / (to * height * width)), offset: 0 };
  }
  if (shape.length === 2) return { scale: Math.sqrt(1 / shape[0]!), offset: 0 };
  const kind = name.split(".").at(-1) as keyof typeof OF_VECTORS;
  return OF_VECTORS[kind];
}

/** Norms, and what belongs to no layer. */
const OF_VECTORS = {
  weight: { scale: 0.2, offset: 1 },
  bias: { scale: 0.2, offset: 2 },
  running_mean: { scale: 0.1, offset: 0 },
  running_var: { scale: 0.2, offset: 1 },
  cls_token: { scale: 0.5, offset: 0 },
  pos_embed: { scale: 0.5, offset: 0 },
  gamma: { scale: 0.2, offset: 0.5 },
} as const;
