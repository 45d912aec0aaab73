import type * as tf from "@tensorflow/tfjs";

import type { HostTensor } from "./data-types.ts";
import type { EngineMode } from "./mode.ts";
import type { ProgramState } from "./program-state.ts";

/** A pure function from named tensors to named tensors; its state is in variables. */
export type Step = (inputs: Readonly<Record<string, tf.Tensor>>) => Readonly<Record<string, tf.Tensor>>;

/** Arrays by the name of an input or a result. */
export type HostTensors = Readonly<Record<string, HostTensor>>;

/** A step that runs as one call into TensorFlow, or into the plugin of a device. */
export interface CompiledStep {
  /**
   * Runs the step on another thread. Calls run one after another, in their order.
   *
   * @param inputs copied before this returns. A Uint8Array reaches the step as float32, 0 .. 255.
   * @returns copies of the results.
   * @throws {EngineError} NOT_TRACEABLE from the first call with these shapes; COMPUTE_FAILED with
   * TensorFlow's message. In mode "pjrt" also OP_NOT_SUPPORTED, STEP_NOT_COMPILED, DEVICE_FAILED and
   * DEVICE_MEMORY_FULL.
   */
  run(inputs: HostTensors): Promise<Record<string, HostTensor>>;
  /**
   * Records the step for inputs of these shapes; their values do not matter. A step that cannot be recorded
   * is refused before it runs, and its size is known.
   *
   * @returns undefined in mode "eager", where nothing is recorded.
   * @throws {EngineError} NOT_TRACEABLE as `run`.
   */
  record(inputs: HostTensors): StepSize | undefined;
  /** Copies inputs now, for a run later: the inputs of the next step can be copied while a step runs. */
  load(inputs: HostTensors): LoadedCall;
}

export interface StepSize {
  readonly ops: number;
  /**
   * Peak size of intermediate results in bytes, if ops run one after another, without the scratch memory of
   * kernels.
   */
  readonly intermediateBytes: number;
}

/**
 * A call with its inputs where the step will run. Run it once; disposing the program frees calls that were
 * not run.
 */
export interface LoadedCall {
  run(): Promise<Record<string, HostTensor>>;
}

export interface StepOptions {
  /**
   * Shares the step out over all replicas of the program: each runs it on rows of its own of the inputs that
   * this names, and on the whole of the others. A process of a group is given the rows of its own replicas
   * alone. Results are those of the first replica of the process. Without it the step runs on that one alone,
   * and may not change the state. No effect in a program of one replica.
   *
   * @param input the name of an input.
   */
  readonly shared?: (input: string) => boolean;
  /** Whether the replicas that share it are those of this process, and the others do not take it. */
  readonly ofThisProcess?: boolean;
}

/** Steps that share one state. */
export interface Program {
  readonly mode: EngineMode;
  readonly state: ProgramState;
  compile(name: string, step: Step, options?: StepOptions): CompiledStep;
  /** Waits for running calls, then frees the steps and the state; the tfjs variables stay. */
  dispose(): Promise<void>;
}
