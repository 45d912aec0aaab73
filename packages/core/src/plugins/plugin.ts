import type { Recipe } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";
import type { JSONSchemaType } from "ajv";

import type { Network } from "../networks/network.ts";
import type { Build } from "./build.ts";
import type { EpochContext } from "./epoch-context.ts";
import type { InputReader } from "./inputs.ts";
import type { Publication, Published } from "./publication.ts";
import type { Replicas } from "../state/replicas.ts";
import type { RunFacts } from "./run-facts.ts";

/** The version of the plugin contract. Raised when a plugin written for an older one would misbehave. */
export const CONTRACT_VERSION = 2;

/**
 * How the images of one role are made: a recipe of augment-zoo that gives every image a square of one size,
 * or patches of one size.
 */
export interface View {
  readonly recipe: Recipe;
}

/** `RunFacts`, and the views of whole images that the plugins before this one asked for. */
export interface ViewFacts extends RunFacts {
  readonly views: Readonly<Record<string, View>>;
}

/** What one step lends a plugin. Everything is borrowed: the trainer frees it. */
export interface StepContext extends InputReader {
  /**
   * One `[B, H, W, 3]` float32 batch, normalized, for each view of whole images that some plugin asked for.
   * Row i is the same image in all of them.
   */
  readonly views: Readonly<Record<string, tf.Tensor4D>>;
  /**
   * One `[B, P, h, w, 3]` float32 batch, normalized, for each view whose recipe cuts patches: row i has the P
   * patches of the image of row i in `views`, row by row of their grid. A network takes them as
   * `[B * P, h, w, 3]`.
   */
  readonly patches: Readonly<Record<string, tf.Tensor5D>>;
  /** `[B]` int32: the position of each image in the data set. */
  readonly indices: tf.Tensor1D;
  /**
   * `[B]` int32: the class of each image, -1 where it is not known. Only for a plugin that
   * `reads: ["labels"]`.
   */
  readonly labels?: tf.Tensor1D;
  /** The processes or devices that train together; one on its own is a world of one. */
  readonly replicas: Replicas;
  /** The key of the plugin's phase that this step belongs to; "" for a plugin without phases. */
  readonly phase: string;
  /** What an earlier plugin published in this step. @throws {TsslError} where nothing published it. */
  use<T>(publication: Publication<T>): T;
  /**
   * What an earlier plugin published in this step, for a plugin that names it in `uses`; undefined where
   * nobody did.
   */
  find<T>(publication: Publication<T>): T | undefined;
  /**
   * Marks a tensor that `after` reads, so that it outlives the gradient; the trainer frees it. Returns the
   * tensor.
   */
  keep<T extends tf.Tensor>(tensor: T): T;
}

/** One summand of the loss. Logged as it is; `weight` times it is what is minimized. */
export interface LossTerm {
  /** The value, in nats unless the plugin's README says otherwise. */
  readonly loss: tf.Scalar;
  /** Factor in the total loss. Default 1. */
  readonly weight?: number;
  /**
   * The value for embeddings that say nothing, e.g. log of the number of candidates; a line to read curves
   * by.
   */
  readonly chance?: number;
}

/** A scalar to log that takes no part in the loss. */
export interface Metric {
  readonly value: tf.Scalar;
  /** The largest value it can take, where that helps to read it. */
  readonly highest?: number;
}

/** What one step gives back. */
export interface StepResult {
  /** Summands of the loss by name. A plugin that only measures has none. */
  readonly terms: Readonly<Record<string, LossTerm>>;
  /** Scalars to log by name, e.g. the accuracy of the pretext task. */
  readonly metrics?: Readonly<Record<string, tf.Scalar | Metric>>;
  /** Values for the plugins that run later in this step. */
  readonly publish?: readonly Published[];
  /**
   * Runs once for each accumulated part, when the optimizer has moved the parameters: enqueue keys, write a
   * bank. The `after` of every plugin comes later than the `step` of all of them, so no plugin sees another's
   * writes within a step. Reads only tensors passed through `keep`.
   */
  after?(): void;
}

/** The moment that a phase is asked for. */
export interface PhaseMoment {
  /** Optimizer steps taken so far, 0 .. totalSteps - 1. */
  readonly step: number;
  /** The epoch that the step belongs to, from 0. */
  readonly epoch: number;
}

/** A part of a run in which the plugin's step is the same function. */
export interface Phase {
  /** The name of the phase, e.g. "warm-up". Another key is another recorded step over the same state. */
  readonly key: string;
  /**
   * Names of the plugin's parameters that stay as they are in this phase, or what their names begin with,
   * without the plugin's name: "prototypes", "online.encoder". They get no gradient, no momentum and no
   * weight decay.
   */
  readonly frozen?: readonly string[];
}

/** Turns images into the vectors that evaluation and export see. */
export interface Representation {
  /** Length of a vector, D. */
  readonly featureDim: number;
  /** `[B, H, W, 3]`, normalized, to `[B, featureDim]`, by running statistics. */
  features(images: tf.Tensor4D): tf.Tensor2D;
}

/** A plugin inside one run. */
export interface PluginRun {
  /**
   * The network whose encoder is what the run is for: evaluated, saved, exported. Exactly one plugin of a run
   * has it.
   */
  readonly network?: Network;
  /**
   * One forward pass and its loss. Pure, so that it can be recorded once and compiled: it reads no value back
   * to JavaScript, draws no random number (those are inputs: `build.input`, `build.random`), and its shapes
   * do not change.
   */
  step(context: StepContext): StepResult;
  /**
   * Runs once for each optimizer step, after the `after` of every plugin and part: the update of a momentum
   * encoder, constraints such as prototypes of length 1. Inputs have the values of the first part.
   */
  afterStep?(context: InputReader): void;
  /** The phase that a step belongs to: a pure function of the moment. Absent: one phase, whose key is "". */
  phase?(moment: PhaseMoment): Phase;
  /**
   * Work on the host before the first step of each epoch and of each phase: a feature pass, k-means. It reads
   * the run's state and may write variables that the plugin made; the writes take effect together once it
   * ends. Seeded by `context.random`.
   */
  beforeEpoch?(context: EpochContext): Promise<void>;
  /**
   * What evaluation and export see of images, where that is not the encoder's pooled features. Beside
   * `network`, in the same plugin.
   */
  readonly representation?: Representation;
}

/** JSON schema of a plugin's, encoder's or optimizer's options: one default for each of them. */
export type OptionsSchema<Options> = JSONSchemaType<Options>;

/**
 * One method, or one loss term on top of others: its name, its options, the views it wants, and how to start
 * a run.
 */
export interface Plugin<Options extends object> {
  /** Config key, log prefix and checkpoint prefix, e.g. "moco". */
  readonly name: string;
  readonly contract: typeof CONTRACT_VERSION;
  /**
   * Bump this when a change makes an existing run continue differently. Such runs then refuse to resume
   * without `--allow-change`.
   */
  readonly version: number;
  /**
   * JSON schema with a default for every option. The config is checked against it, and frozen, before any
   * call below.
   */
  readonly options: JSONSchemaType<Options>;
  /**
   * Publications that the plugin cannot do without: it runs after their publisher; a config without one is
   * refused.
   */
  readonly requires?: readonly Publication[];
  /** Publications that the plugin reads where somebody publishes them: it then runs after their publisher. */
  readonly uses?: readonly Publication[];
  readonly publishes?: readonly Publication[];
  /** What the step reads besides images. Nobody else is given labels. */
  readonly reads?: readonly "labels"[];
  /** Views this plugin adds, by name. Those that several plugins ask for under one name must be equal. */
  views?(options: Readonly<Options>, facts: ViewFacts): Readonly<Record<string, View>>;
  /**
   * Makes networks and state through `build`, once per run. Rules that join several options are its first
   * lines.
   */
  setup(build: Build, options: Readonly<Options>): PluginRun;
}

/** A plugin whose options are its own business: what a config or a registry holds. */
export type AnyPlugin = Omit<Plugin<never>, "options"> & { readonly options: object };

/**
 * Identity at run time; infers and checks `Options` where the plugin is written, and fills in the contract's
 * version, and 1 for its own where it names none.
 */
export function definePlugin<Options extends object>(
  plugin: Omit<Plugin<Options>, "contract" | "version"> & { readonly version?: number },
): Plugin<Options> {
  return { version: 1, ...plugin, contract: CONTRACT_VERSION };
}
