import type * as tf from "@tensorflow/tfjs";
import type { JSONSchemaType } from "ajv";

import type { StateEntry, StateStore } from "../state/store.ts";

/** The gradient of each trained parameter, by the parameter's name. */
export type Gradients = ReadonlyMap<string, tf.Tensor>;

export interface Optimizer {
  /** Moves every parameter that has a gradient. Pure tensor work: it can stand inside a compiled step. */
  update(gradients: Gradients, learningRate: tf.Scalar): void;
}

/** A kind of optimizer: its config name, its options, and how it attaches to a run's parameters. */
export interface OptimizerDefinition<Options extends object> {
  readonly name: string;
  /** JSON schema with a default for every option. */
  readonly options: JSONSchemaType<Options>;
  /** Makes its slots in `store`, under "optimizer.<parameter>.<slot>". */
  attach(store: StateStore, parameters: readonly StateEntry[], options: Readonly<Options>): Optimizer;
}

/** An optimizer whose options are its own business: what a config or a registry holds. */
export type AnyOptimizer = Omit<OptimizerDefinition<never>, "options"> & { readonly options: object };

/** Identity at run time; infers and checks `Options` where the optimizer is written. */
export const defineOptimizer = <Options extends object>(
  definition: OptimizerDefinition<Options>,
): OptimizerDefinition<Options> => definition;
