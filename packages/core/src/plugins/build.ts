import type * as tf from "@tensorflow/tfjs";

import type { HeadDefinition } from "../networks/projection-head.ts";
import type { Network } from "../networks/network.ts";
import type { RunFacts } from "./run-facts.ts";
import type { Schedule } from "../state/schedules.ts";
import type { EmaNetwork } from "../networks/ema.ts";
import type { InputHandle, StepInput } from "./inputs.ts";
import type { Queue } from "../state/queue.ts";

export interface NetworkOptions {
  readonly head: HeadDefinition;
  /** Parts of the batch that batch norm treats apart; see `Mode`. Default 1. */
  readonly batchNormGroups?: number;
}

/**
 * What a plugin makes its networks and state with, in `setup`. All of it belongs to the trainer, which saves it under
 * "<plugin>.<name>", restores it and frees it.
 */
export interface Build {
  readonly facts: RunFacts;
  /** The run's encoder with a head of your own; its parameters are trained. */
  network(name: string, options: NetworkOptions): Network;
  /** A trained head of its own, on embeddings `[B, inputDim]` instead of images, in training mode: BYOL's predictor. */
  head(
    name: string,
    options: { readonly head: HeadDefinition; readonly inputDim: number },
  ): (embeddings: tf.Tensor2D) => tf.Tensor2D;
  /** A copy of `network` that follows it by an exponential moving average. Takes no gradient. */
  emaOf(network: Network, name: string, options: { readonly momentum: Schedule }): EmaNetwork;
  queue(name: string, options: { readonly size: number; readonly dim: number }): Queue;
  /** Any other value that lives from step to step. `initial` is copied; the trainer owns the variable. */
  variable(name: string, initial: tf.Tensor): tf.Variable;
  /** A value computed on the host before each step and handed in. */
  input<T extends tf.Tensor = tf.Tensor>(input: StepInput): InputHandle<T>;
}
