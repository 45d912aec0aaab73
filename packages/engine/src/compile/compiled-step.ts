import type * as tf from "@tensorflow/tfjs";

import type { HostTensor } from "./data-types.ts";
import type { EngineMode } from "./mode.ts";
import type { ProgramState } from "./program-state.ts";

/** A pure function of tensors: what goes in by name, what comes out by name; state through variables. */
export type Step = (inputs: Readonly<Record<string, tf.Tensor>>) => Readonly<Record<string, tf.Tensor>>;

/** Arrays by the name of the step's input or result. */
export type HostTensors = Readonly<Record<string, HostTensor>>;

/** A step that runs as one call into TensorFlow. */
export interface CompiledStep {
  /**
   * Runs the step on another thread. Calls run one after another, in their order.
   *
   * @param inputs copied before this returns. A Uint8Array reaches the step as float32, 0 .. 255.
   * @returns the step's results, copies.
   * @throws {EngineError} NOT_TRACEABLE from the first call with these shapes; COMPUTE_FAILED with TensorFlow's words.
   */
  run(inputs: HostTensors): Promise<Record<string, HostTensor>>;
  /**
   * Records the step for inputs of these shapes, whatever their values, so that refusals come and its size is known before it first runs.
   *
   * @returns undefined in mode "eager", where nothing is recorded.
   * @throws {EngineError} NOT_TRACEABLE as `run`.
   */
  record(inputs: HostTensors): StepSize | undefined;
  /** Copies inputs now, to run later: while another step runs, the next one's inputs can be made ready. */
  load(inputs: HostTensors): LoadedCall;
}

export interface StepSize {
  readonly ops: number;
  /** What its intermediate results take at their peak, if one op runs after another; scratch space of kernels not counted. */
  readonly intermediateBytes: number;
}

/** A call whose inputs are in TensorFlow's memory. Run it once; `dispose` of the program frees one that was not run. */
export interface LoadedCall {
  run(): Promise<Record<string, HostTensor>>;
}

/** Steps that share one state. */
export interface Program {
  readonly mode: EngineMode;
  readonly state: ProgramState;
  compile(name: string, step: Step): CompiledStep;
  /** Frees the session and the values in it once what runs has ended; the tfjs variables stay. */
  dispose(): Promise<void>;
}
