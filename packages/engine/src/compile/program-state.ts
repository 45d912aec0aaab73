import type { HostTensor, HostValues } from "./data-types.ts";

/**
 * Values that persist between steps, by name. Iterates over `[name, value]` in the order of the program's
 * state.
 *
 * The tfjs variables of a program keep their old values; `toEager` and `fromEager` copy between the two. In
 * mode "eager" the variables are the state itself, and both do nothing. Call them between steps, not while
 * one runs.
 */
export interface ProgramState extends Iterable<readonly [string, HostTensor]> {
  readonly names: readonly string[];
  /**
   * Returns a copy of a value after the last step. @throws {EngineError} INVALID_OPTION for an unknown name.
   */
  read(name: string): HostTensor;
  /**
   * Replaces a value. @throws {EngineError} INVALID_OPTION for an unknown name, another type or another
   * length.
   */
  write(name: string, values: HostValues): void;
  /**
   * Returns copies of several values, in the order of the names. TensorFlow prepares each set of names once,
   * which takes longer than copying: one call for many values is far faster than many calls.
   *
   * @throws {EngineError} as `read`.
   */
  readEach(names: readonly string[]): readonly HostTensor[];
  /** Replaces several values, all or none of them. @throws {EngineError} as `write`. */
  writeEach(values: ReadonlyMap<string, HostValues>): void;
  /** Copies every value to its tfjs variable, for eager code to see. */
  toEager(): void;
  /** Copies every tfjs variable's value here, after eager code has changed some. */
  fromEager(): void;
}
