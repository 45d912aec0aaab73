import type * as tf from "@tensorflow/tfjs";

import type { Optimizer } from "../optimizers/optimizer.ts";
import type { PluginRun, StepContext } from "../plugins/plugin.ts";
import type { Replicas } from "../state/replicas.ts";
import type { StateEntry } from "../state/store.ts";

export type Keep = StepContext["keep"];

/** A plugin of a run that is set up. */
export interface RunningPlugin {
  readonly name: string;
  readonly run: PluginRun;
  readonly readsLabels: boolean;
}

/** A company of plugins, and what it stands in. */
export interface Company {
  /** The plugins in running order. */
  readonly plugins: readonly RunningPlugin[];
  readonly replicas: Replicas;
  /** The key of each plugin's phase, by the plugin's name; "" for one that is not named. */
  readonly phases: Readonly<Record<string, string>>;
}

/** What one forward and backward pass takes in; all of it tensors, so that the step can be recorded. */
export interface StepPart {
  /** `[B, H, W, 3]` float32 for each view of whole images. */
  readonly views: Readonly<Record<string, tf.Tensor4D>>;
  /** `[B, P, h, w, 3]` float32 for each view whose recipe cuts patches. */
  readonly patches: Readonly<Record<string, tf.Tensor5D>>;
  /** `[B]` int32: positions in the data set. */
  readonly indices: tf.Tensor1D;
  /** `[B]` int32: classes, -1 where unknown. Present where a plugin reads labels. */
  readonly labels?: tf.Tensor1D;
  /** Values of the inputs that plugins asked for, by full name. */
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
}

/** All that a step is made of, besides what it takes in. */
export interface StepMachine extends Company {
  /** The parameters that the step moves. */
  readonly trained: readonly StateEntry[];
  readonly optimizer: Optimizer;
  /** Gradients longer than this, taken as one vector, are scaled down to it. */
  readonly clipNorm?: number;
  /** Makes of images what the plugins see, when a part begins: those of later parts wait as they came. */
  readonly prepare: <Images extends tf.Tensor4D | tf.Tensor5D>(images: Images) => Images;
}
