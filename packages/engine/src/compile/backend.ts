import type { HostTensor } from "./data-types.ts";
import type { HostTensors } from "./compiled-step.ts";
import type { InputShare } from "./input-share.ts";
import type { ProgramState } from "./program-state.ts";
import type { Recording } from "./record.ts";

/** Where the state of a program lies, and what runs its recorded steps. */
export interface Backend {
  readonly state: ProgramState;
  /**
   * Makes a recorded step ready to be run; its first run compiles it.
   *
   * @param name for messages. @param sharing absent for a step of one replica.
   */
  build(recording: Recording, name: string, sharing?: Sharing): BackendStep;
  /** Frees the state and all steps, once no call runs. Later calls throw that the program was disposed. */
  close(): void;
}

/** How replicas share a step. */
export interface Sharing {
  /** What each replica of this process takes of an input. */
  readonly share: InputShare;
  /** Whether the other processes take the step too. */
  readonly byAllProcesses: boolean;
}

export interface BackendStep {
  /** Copies inputs to where the step runs. */
  load(inputs: HostTensors): BackendCall;
}

/** A call with its inputs, which runs once. */
export interface BackendCall {
  run(): Promise<Record<string, HostTensor>>;
  /** Frees the inputs. */
  free(): void;
}
