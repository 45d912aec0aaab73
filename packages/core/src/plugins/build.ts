import type * as tf from "@tensorflow/tfjs";

import type { EmaNetwork } from "../networks/ema.ts";
import type { Mode } from "../networks/layers.ts";
import type { Network } from "../networks/network.ts";
import type { HeadDefinition } from "../networks/projection-head.ts";
import type { Bank, BankOptions } from "../state/bank.ts";
import type { Queue } from "../state/queue.ts";
import type { Schedule } from "../state/schedules.ts";
import type { Initial, Scope } from "../state/scope.ts";
import type { InputHandle, InputReader, StepInput } from "./inputs.ts";
import type { RunFacts } from "./run-facts.ts";
import type { StepRandom } from "./step-random.ts";

export interface NetworkOptions {
  readonly head: HeadDefinition;
  /** Parts of the batch that batch norm treats apart; see `Mode`. Default 1. */
  readonly batchNormGroups?: number;
}

export interface ParameterOptions {
  readonly shape: readonly number[];
  /** First values, drawn by the run's seed and the parameter's name. */
  readonly initial: Initial;
  /**
   * What weight decay and LARS make of it: "weight" as a layer's weights, "vector" as biases. Default
   * "weight".
   */
  readonly role?: "weight" | "vector";
}

/** The mode that a module's layers run in while it is trained. */
export const trainingMode: Mode = { training: true, batchNormGroups: 1 };

/**
 * What a plugin makes its networks and state with, in `setup`. All of it belongs to the trainer, which saves
 * it under "<plugin>.<name>", restores it and frees it.
 */
export interface Build {
  readonly facts: RunFacts;
  /** The run's encoder with a head of your own; its parameters are trained. */
  network(name: string, options: NetworkOptions): Network;
  /**
   * Trained layers that are no encoder: a predictor, a context network, a decoder. They make their parameters
   * in `scope`.
   */
  module<M>(name: string, make: (scope: Scope) => M): M;
  /** A module of one head, on embeddings `[B, inputDim]`, in training mode: BYOL's predictor. */
  head(
    name: string,
    options: { readonly head: HeadDefinition; readonly inputDim: number },
  ): (embeddings: tf.Tensor2D) => tf.Tensor2D;
  /** A trained value outside every network: prototypes. The plugin may change it in `afterStep`. */
  parameter(name: string, options: ParameterOptions): tf.Variable;
  /** A copy of `network` that follows it by an exponential moving average. Takes no gradient. */
  emaOf(network: Network, name: string, options: { readonly momentum: Schedule }): EmaNetwork<InputReader>;
  /** A first-in-first-out queue of embeddings. */
  queue(name: string, options: { readonly size: number; readonly dim: number }): Queue;
  /** One embedding for each image of the training set. */
  bank(name: string, options: BankOptions): Bank;
  /** Any other value that lives from step to step. `initial` is copied; the trainer owns the variable. */
  variable(name: string, initial: tf.Tensor): tf.Variable;
  /** A value computed on the host before each step and handed in; `context.input` reads it. */
  input<T extends tf.Tensor = tf.Tensor>(input: StepInput): InputHandle<T>;
  /** Random numbers drawn inside the step. */
  random(name: string): StepRandom;
}
