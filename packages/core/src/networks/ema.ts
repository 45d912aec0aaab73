import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { TsslError } from "../errors.ts";
import type { Network } from "./network.ts";
import type { StateEntry, StateStore } from "../state/store.ts";

/** A momentum encoder: a copy of a network that follows it slowly. */
export interface EmaNetwork extends Network {
  /** Moves the copy, once per optimizer step: `copy = m * copy + (1 - m) * online` for every parameter. */
  update(): void;
}

/**
 * @param follower the copy, made like `leader`; its values are overwritten with the leader's at once, running statistics included.
 * @param momentum this step's m, a scalar in 0 .. 1.
 *
 * Parameters are paired by name; tfjs's own order of weights depends on which are trained. Batch-norm running statistics are not
 * averaged: the copy runs in training mode and has its own, as in MoCo and BYOL.
 */
export function followByEma(
  store: StateStore,
  leader: Network,
  follower: Network,
  momentum: () => tf.Scalar,
): EmaNetwork {
  const pairs = pairByName(store, leader.name, follower.name);
  for (const { from, to } of pairs) to.variable.assign(from.variable);
  const parameters = pairs.filter(({ from }) => from.role !== "buffer");

  return {
    ...follower,
    embed: (images) => engine.withoutGradient(() => follower.embed(images)),
    features: (images) => engine.withoutGradient(() => follower.features(images)),
    update() {
      tf.tidy(() => {
        const keep = momentum();
        for (const { from, to } of parameters) {
          // m * copy + (1 - m) * online, written so that equal values stay equal to the bit.
          to.variable.assign(tf.add(from.variable, tf.mul(tf.sub(to.variable, from.variable), keep)));
        }
      });
    },
  };
}

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
    if (to === undefined) {
      throw new TsslError(
        "INVALID_PLUGIN",
        `${follower} has no "${name}" to follow ${leader}'s: the encoder names its parameters differently each time it is built.`,
      );
    }
    return { from, to };
  });
}
