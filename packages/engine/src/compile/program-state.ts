import type { HostTensor, HostValues } from "./data-types.ts";

/**
 * Values that live from step to step, by name. Goes through all of them as `[name, value]`, in the order in which they were named.
 *
 * The tfjs variables that a program was made with keep the values they had: `toEager` and `fromEager` copy between the two. In mode
 * "eager" they are the state itself, and both do nothing. Call these between steps, not while one runs.
 */
export interface ProgramState extends Iterable<readonly [string, HostTensor]> {
  readonly names: readonly string[];
  /** A copy of a value as the last step left it. @throws {EngineError} INVALID_OPTION for an unknown name. */
  read(name: string): HostTensor;
  /** Replaces a value. @throws {EngineError} INVALID_OPTION for an unknown name, another type or another length. */
  write(name: string, values: HostValues): void;
  /** Copies every value to its tfjs variable, for eager code to see. */
  toEager(): void;
  /** Copies every tfjs variable's value here, after eager code has changed some. */
  fromEager(): void;
}
