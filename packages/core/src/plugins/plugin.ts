import type { Recipe } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";
import type { JSONSchemaType } from "ajv";

import type { Build } from "./build.ts";
import type { Network } from "../networks/network.ts";
import type { Publication, Published } from "./publication.ts";
import type { RunFacts } from "./run-facts.ts";

/** Raised when a plugin written for the old contract would misbehave. Adding a field does not count. */
export const CONTRACT_VERSION = 1;

/** How the images of one role are made: a recipe of augment-zoo that ends in squares of one size. */
export interface View {
  readonly recipe: Recipe;
}

/** `RunFacts`, and the views that the plugins before this one asked for. */
export interface ViewFacts extends RunFacts {
  readonly views: Readonly<Record<string, View>>;
}

/** What one step lends a plugin. Everything is borrowed: the trainer frees it. */
export interface StepContext {
  /** One `[B, H, W, 3]` float32 batch per view that some plugin asked for, normalized; row i is the same image in all of them. */
  readonly views: Readonly<Record<string, tf.Tensor4D>>;
  /** `[B]` int32: where in the data set each image stands. */
  readonly indices: tf.Tensor1D;
  /** What an earlier plugin published in this step. */
  use<T>(publication: Publication<T>): T;
  /** Marks a tensor that `after` reads, so that it outlives the gradient; the trainer frees it. Returns the tensor. */
  keep<T extends tf.Tensor>(tensor: T): T;
}

/** One summand of the loss. Logged as it is; `weight` times it is what is minimized. */
export interface LossTerm {
  /** In nats unless the plugin's README says otherwise. */
  readonly loss: tf.Scalar;
  /** Default 1. */
  readonly weight?: number;
  /** What the loss would be if embeddings said nothing, e.g. log of the number of candidates; a line to read curves by. */
  readonly chance?: number;
}

/** What one step gives back. */
export interface StepResult {
  /** Summands of the loss by name. */
  readonly terms: Readonly<Record<string, LossTerm>>;
  /** Scalars to log that take no part in the loss, e.g. the accuracy of the pretext task. */
  readonly metrics?: Readonly<Record<string, tf.Scalar>>;
  /** Values for the plugins that run later in this step. */
  readonly publish?: readonly Published[];
  /**
   * Runs once the optimizer has moved the parameters: EMA update, enqueue. The `after` of every plugin comes later than the
   * `step` of all of them, so no plugin sees another's writes within a step. Reads only tensors passed through `keep`.
   */
  after?(): void;
}

/** A plugin inside one run. */
export interface PluginRun {
  /** The network whose encoder is what the run is for: evaluated, saved, exported. Exactly one plugin of a run has it. */
  readonly network?: Network;
  /**
   * One forward pass and its loss. Pure, so that it can be recorded once and compiled: it reads no value back to JavaScript,
   * draws no random number (those are inputs: `build.input`), and its shapes do not change.
   */
  step(context: StepContext): StepResult;
}

/** JSON schema of a plugin's, encoder's or optimizer's options: one default for each of them. */
export type OptionsSchema<Options> = JSONSchemaType<Options>;

/** One method, or one loss term on top of others: its name, its options, the views it wants, and how to start a run. */
export interface Plugin<Options extends object> {
  /** Config key, log prefix and checkpoint prefix, e.g. "moco". */
  readonly name: string;
  readonly contract: typeof CONTRACT_VERSION;
  /** Raised with a change after which the same config and state go on to other numbers; a run of before is then not resumed unasked. */
  readonly version: number;
  /** JSON schema with a default for every option. The config is checked against it, and frozen, before any call below. */
  readonly options: JSONSchemaType<Options>;
  /** Runs after the plugin that publishes these; a config without one is refused in words. */
  readonly requires?: readonly Publication[];
  readonly publishes?: readonly Publication[];
  /** Views this plugin adds, by name. Those that several plugins ask for under one name must be equal. */
  views?(options: Readonly<Options>, facts: ViewFacts): Readonly<Record<string, View>>;
  /** Makes networks and state through `build`, once per run. Rules that join several options are its first lines. */
  setup(build: Build, options: Readonly<Options>): PluginRun;
}

/** A plugin whose options are its own business: what a config or a registry holds. */
export type AnyPlugin = Omit<Plugin<never>, "options"> & { readonly options: object };

/**
 * Identity at run time; infers and checks `Options` where the plugin is written, and fills in the contract's version, and 1 for its own
 * where it names none.
 */
export function definePlugin<Options extends object>(
  plugin: Omit<Plugin<Options>, "contract" | "version"> & { readonly version?: number },
): Plugin<Options> {
  return { version: 1, ...plugin, contract: CONTRACT_VERSION };
}
