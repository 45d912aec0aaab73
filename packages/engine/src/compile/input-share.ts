import { notShareable } from "../messages/programs.ts";
import type { HostTensors } from "./compiled-step.ts";
import type { HostTensor } from "./data-types.ts";

/** What a replica takes of an input. */
export type InputShare = (input: string, given: HostTensor, replica: number) => HostTensor;

/**
 * Equal parts of the rows of the inputs that are shared out, one after another; the others as they are.
 *
 * @param step for messages. @param shared whether an input is shared out.
 * @throws {EngineError} INVALID_OPTION for rows that have no equal parts.
 */
export const inputShare =
  (step: string, replicas: number, shared: (input: string) => boolean): InputShare =>
  (input, given, replica) => {
    if (!shared(input)) return given;
    const [rows = 0, ...rest] = given.shape;
    if (rows === 0 || rows % replicas !== 0) throw notShareable(step, input, given.shape, replicas);
    const size = given.values.length / replicas;
    return {
      values: given.values.subarray(replica * size, (replica + 1) * size),
      shape: [rows / replicas, ...rest],
    };
  };

/** The inputs of the first replica, whose shapes are those of all. */
export const firstShares = (inputs: HostTensors, share: InputShare | undefined): HostTensors =>
  share === undefined
    ? inputs
    : Object.fromEntries(Object.entries(inputs).map(([name, given]) => [name, share(name, given, 0)]));
