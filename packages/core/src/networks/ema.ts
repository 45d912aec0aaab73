import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { parameterMissing } from "../messages/hooks.ts";
import type { Network } from "./network.ts";
import type { StateEntry, StateStore } from "../state/store.ts";

/** A momentum encoder: a copy of a network that follows it slowly. */
export interface EmaNetwork<Context = never> extends Network {
  /**
   * Moves the copy: `copy = m * copy + (1 - m) * online` for every parameter. Call it once an optimizer step,
   * in `afterStep`.
   *
   * @param context reads this step's m.
   */
  update(context: Context): void;
}

/**
 * @param follower the copy, made like `leader`; its values are overwritten with the leader's at once, running
 * statistics included.
 * @param momentum this step's m, a scalar in 0 .. 1.
 *
 * Parameters are paired by name; tfjs's own order of weights depends on which are trained. Batch-norm running
 * statistics are not averaged: the copy runs in training mode and has its own, as in MoCo and BYOL.
 */
export function followByEma<Context>(
  store: StateStore,
  leader: Network,
  follower: Network,
  momentum: (context: Context) => tf.Scalar,
): EmaNetwork<Context> {
  const pairs = pairByName(store, leader.name, follower.name);
  for (const { from, to } of pairs) to.variable.assign(from.variable);
  const parameters = pairs.filter(({ from }) => from.role !== "buffer");

  return {
    ...withoutGradients(follower),
    update(context) {
      tf.tidy(() => {
        const keep = momentum(context);
        for (const { from, to } of parameters) {
          // m * copy + (1 - m) * online, written so that equal values stay equal to the bit.
          to.variable.assign(tf.add(from.variable, tf.mul(tf.sub(to.variable, from.variable), keep)));
        }
      });
    },
  };
}

const withoutGradients = (network: Network): Network => ({
  ...network,
  encode: (images, mode) => engine.withoutGradient(() => network.encode(images, mode)),
  project: (features, mode) => engine.withoutGradient(() => network.project(features, mode)),
  embed: (images) => engine.withoutGradient(() => network.embed(images)),
  features: (images) => engine.withoutGradient(() => network.features(images)),
});

function pairByName(
  store: StateStore,
  leader: string,
  follower: string,
): { from: StateEntry; to: StateEntry }[] {
  const of = (network: string) =>
    new Map(
      store
        .entries()
        .filter(({ name }) => name.startsWith(`${network}.`))
        .map((entry) => [entry.name.slice(network.length + 1), entry]),
    );
  const followers = of(follower);
  return [...of(leader)].map(([name, from]) => {
    const to = followers.get(name);
    if (to === undefined) throw parameterMissing(follower, leader, name);
    return { from, to };
  });
}
