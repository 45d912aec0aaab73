// The parts of tfjs and of tfjs-node that their types leave out. Nothing else of this project uses such
// parts.
import { createRequire } from "node:module";
import util from "node:util";

import * as tf from "@tensorflow/tfjs";

import { packageMissing } from "./messages/libraries.ts";
import { gradientNotInOptimizerState } from "./messages/not-traceable.ts";
import { notStarted, startedToRecord } from "./messages/starting.ts";

export type NamedTensors = Readonly<Record<string, tf.Tensor>>;
export type Save = (tensors: readonly tf.Tensor[]) => void;
export type InputGradients = Readonly<Record<string, () => tf.Tensor>>;

/** An op with a gradient, as tfjs's engine takes it. */
export interface TapeOp {
  readonly inputs: NamedTensors;
  readonly forwardFunc?: (backend: unknown, save: Save) => tf.Tensor[];
  readonly backwardsFunc?: (dy: tf.Tensor | tf.Tensor[], saved: readonly tf.Tensor[]) => InputGradients;
}

/** An op on the tape, whose gradient can be computed. */
export interface TapeNode {
  readonly outputs: readonly tf.Tensor[];
  gradient?: (dys: unknown) => InputGradients;
}

/** The tensors that `tf.tidy` frees when it ends. */
export interface Scope {
  readonly id: number;
  track: (tf.Tensor & { scopeId: number })[];
}

/** tfjs's engine: tape, scopes and variables. */
export interface TfjsEngine {
  readonly state: {
    activeTape: TapeNode[];
    readonly scopeStack: readonly Scope[];
    readonly registeredVariables: Readonly<Record<string, tf.Variable>>;
  };
  /** Runs an op and puts its gradient on the tape. */
  runKernelFunc(op: TapeOp): tf.Tensor[];
  /** Computes gradients with respect to tensors and variables alike. */
  gradients(
    f: () => tf.Tensor,
    xs: readonly tf.Tensor[],
    dy?: tf.Tensor,
    allowNoGradients?: boolean,
  ): { readonly value: tf.Tensor; readonly grads: readonly tf.Tensor[] };
  addTapeNode(...args: unknown[]): void;
  /** Reads a value from the backend that holds it. */
  readSync(dataId: object): tf.TypedArray | Uint8Array[];
  /** Registers every new tensor and variable. */
  trackTensor(tensor: tf.Tensor, backend: unknown): void;
  makeVariable(...args: unknown[]): tf.Variable;
}

/** An attribute of an op as tfjs-node passes it to TensorFlow. */
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** tfjs-node's addon. */
export interface Binding {
  readonly TF_Version: string;
  /** Numbers of types and kinds of attributes. */
  readonly [constant: `TF_${Uppercase<string>}`]: number;
  isUsingGpuDevice(): boolean;
  createTensor(shape: readonly number[], dtype: number, values: Uint8Array): number;
  deleteTensor(id: number): void;
  executeOp(
    name: string,
    attributes: readonly NativeAttribute[],
    inputIds: number[],
    outputs: number,
  ): { id: number }[];
  tensorDataSync(id: number): tf.TypedArray;
}

/** tfjs's name for the backend with tfjs-node's kernels. */
export const NODE_BACKEND = "tensorflow";

/** The methods of tfjs-node's backend through which all ops and reads pass. */
export interface NativeBackend extends Omit<tf.KernelBackend, "read" | "readSync"> {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  executeSingleOutput(
    op: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly tf.Tensor[],
  ): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  readSync(dataId: object): tf.TypedArray | Uint8Array[];
  read(dataId: object): Promise<tf.TypedArray | Uint8Array[]>;
  createOutputTensor(metadata: { id: number; dtype?: number; shape?: number[] }): tf.Tensor;
}

export const tfjsEngine = (): TfjsEngine => tf.engine() as unknown as TfjsEngine;

/** @throws {EngineError} NOT_STARTED before `startEngine`, and outside of steps after `startRecorder`. */
export function nativeBackend(): NativeBackend {
  const backend = tf.backend() as unknown as NativeBackend | null;
  if (backend?.binding !== undefined) return backend;
  if (tf.findBackendFactory(NODE_BACKEND) !== null) throw startedToRecord("an op of TensorFlow");
  throw notStarted();
}

/** tfjs-node's backend over another binding than its addon. Registers its kernels, and loads no library. */
export function nodeBackendOver(binding: Binding): NativeBackend {
  restoreRemovedFunctions();
  const require = createRequire(import.meta.url);
  const from = (file: string): unknown => {
    try {
      return require(`@tensorflow/tfjs-node-gpu/dist/${file}`);
    } catch (error) {
      throw packageMissing("@tensorflow/tfjs-node-gpu", error);
    }
  };
  const { NodeJSKernelBackend } = from("nodejs_kernel_backend.js") as {
    NodeJSKernelBackend: new (binding: Binding, packageName: string) => NativeBackend;
  };
  from("register_all_kernels.js");
  return new NodeJSKernelBackend(binding, "");
}

/**
 * tfjs-node 4.22 calls two functions of `util` that are deprecated in Node 22 and missing from Node 23 on.
 */
export function restoreRemovedFunctions(): void {
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}

/** Keeps tfjs's "cpu" backend, the current one, from advising at its first use to install tfjs-node. */
export function hideNodeHint(): void {
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
}

/**
 * Puts other methods in place of some of an object's own or of its class's.
 *
 * @returns puts back what was there.
 */
export function replaceMethods<T extends object>(object: T, methods: Partial<T>): () => void {
  const names = Object.keys(methods) as (keyof T)[];
  const own = Object.fromEntries(
    names.filter((name) => Object.hasOwn(object, name)).map((name) => [name, object[name]]),
  );
  Object.assign(object, methods);
  return () => {
    for (const name of names) Reflect.deleteProperty(object, name); // shows the class's method again
    Object.assign(object, own);
  };
}

/** The gradients that an optimizer is given, in the order of the variables; null where one has none. */
export function gradientPairs(
  variables: readonly tf.Variable[],
  gradients: Parameters<tf.Optimizer["applyGradients"]>[0],
): { name: string; tensor: tf.Tensor }[] {
  const named = Array.isArray(gradients)
    ? Object.fromEntries(gradients.map(({ name, tensor }) => [name, tensor]))
    : gradients;
  const known = new Set(variables.map(({ name }) => name));
  const foreign = Object.keys(named).find((name) => named[name] != null && !known.has(name));
  if (foreign !== undefined) throw gradientNotInOptimizerState(foreign);
  // Optimizers of tfjs skip what is null, though the types leave it out.
  return variables.map(({ name }) => ({ name, tensor: (named[name] ?? null) as tf.Tensor }));
}

/** A variable of an optimizer that belongs to one of those that it moves. */
export interface Accumulator {
  /** The place of the variable that it belongs to. */
  readonly place: number;
  /** "m", "momentum". */
  readonly part: string;
  readonly variable: tf.Variable;
}

/**
 * The variables of an optimizer of tfjs. Makes its accumulators where there are none yet: given no gradients,
 * it makes them and moves nothing but what is its own, which is put back.
 */
export function optimizerParts(
  optimizer: tf.Optimizer,
  moved: readonly tf.Variable[],
): {
  readonly own: readonly (readonly [name: string, variable: tf.Variable])[];
  readonly accumulators: readonly Accumulator[];
} {
  const fields = optimizer as unknown as { iterations_: number | undefined } & Record<string, unknown>;
  const { iterations_: iterations } = fields;
  const own = Object.entries(fields).filter(
    (field): field is [string, tf.Variable] => field[1] instanceof tf.Variable,
  );
  const values = own.map(([, variable]) => tf.clone(variable));
  optimizer.applyGradients(moved.map(({ name }) => ({ name, tensor: null as unknown as tf.Tensor })));
  own.forEach(([, variable], i) => variable.assign(values[i]!));
  tf.dispose(values);
  fields.iterations_ = iterations;
  const accumulators = Object.values(fields)
    .filter((field) => Array.isArray(field))
    .flatMap((list: readonly { readonly originalName: string; readonly variable: tf.Variable }[]) =>
      list.map(({ originalName, variable }, place) => ({
        place,
        part: originalName.slice(originalName.lastIndexOf("/") + 1),
        variable,
      })),
    );
  return { own, accumulators };
}
