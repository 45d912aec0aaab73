// The sentences of errors INVALID_OPTION on a program's steps, their inputs and their state.

import type { HostValues } from "../compile/data-types.ts";
import { EngineError } from "../errors.ts";

/** @param shape of the input. */
export const notShareable = (
  step: string,
  input: string,
  shape: readonly number[],
  replicas: number,
): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `The step "${step}" shares the rows of its input "${input}" out over ${replicas} replicas, and its ` +
      `shape [${shape.join(", ")}] has no equal parts.`,
    { data: { step, input, shape, replicas } },
  );

export const stateOfOneReplica = (step: string): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `The step "${step}" changes the state, which several replicas hold, on the first of them alone.`,
    { remedy: 'Compile it with "shared", so that all replicas run it.', data: { step } },
  );

export const stateMissing = (name: string): EngineError =>
  new EngineError("INVALID_OPTION", `The program has no state "${name}".`, { data: { name } });

export const wrongArgumentCount = (expected: number, got: number): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `Every device needs as many arguments as the first, which has ${expected}, got ${got}.`,
    { data: { expected, got } },
  );

/** @param size in bytes. */
export const wrongArraySize = (
  element: string,
  shape: readonly number[],
  size: number,
  got: number,
): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `An array of ${element} and shape [${shape.join(", ")}] has ${size} bytes, got ${got}.`,
    { data: { element, shape, size, got } },
  );

export const wrongDeviceCount = (expected: number, got: number): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `The program runs on ${expected} devices and needs arguments for each, got those of ${got}.`,
    { data: { expected, got } },
  );

export const wrongInputSize = (
  name: string,
  shape: readonly number[],
  size: number,
  got: number,
): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `The input "${name}" of shape [${shape.join(", ")}] needs ${size} values, got ${got}.`,
    { data: { name, shape, got } },
  );

export const wrongStateValues = (
  name: string,
  size: number,
  type: "Float32Array" | "Int32Array",
  got: HostValues,
): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `State "${name}" needs a ${type} with ${size} values, got a ${got.constructor.name} with ${got.length}.`,
    { data: { name, size, type, got: { type: got.constructor.name, size: got.length } } },
  );
