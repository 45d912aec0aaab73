// The sentences of errors DEVICE_FAILED, DEVICE_MEMORY_FULL, OP_NOT_SUPPORTED and STEP_NOT_COMPILED: on what
// the plugin of a device does not do.

import { EngineError } from "../errors.ts";

/**
 * @param name function of PJRT's C API.
 * @param status PJRT's code of the error.
 * @param reason PJRT's own message.
 */
export function deviceFailed(name: string, status: string, reason: string): EngineError {
  const data = { function: name, status, reason };
  if (status === "RESOURCE_EXHAUSTED") {
    return new EngineError("DEVICE_MEMORY_FULL", `The device has too little memory: ${sentence(reason)}`, {
      remedy: "Lower batchSize, raise accumulate, or set encoder.recompute.",
      data,
    });
  }
  if (name === "Client_Compile" || name === "Compile") {
    return new EngineError(
      "STEP_NOT_COMPILED",
      `XLA cannot compile the step (${status}): ${sentence(reason)}`,
      { data },
    );
  }
  return new EngineError("DEVICE_FAILED", `PJRT (${name}, ${status}): ${sentence(reason)}`, { data });
}

const sentence = (text: string): string => (/[.!?]\s*$/.test(text) ? text.trim() : `${text.trim()}.`);

/** @param what "buffer", "executable", "client". */
export const alreadyFreed = (what: string): EngineError =>
  new EngineError("DEVICE_FAILED", `The ${what} was freed and cannot be used any more.`, { data: { what } });

/** @param step that failed on a device after it had taken the state over. */
export const stateLost = (step: string): EngineError =>
  new EngineError("DEVICE_FAILED", `The step "${step}" failed on the device and took the state with it.`, {
    remedy: "Resume the run from its last checkpoint.",
    data: { step },
  });

/** @param type PJRT's number of an element type. */
export const elementUnknown = (type: number): EngineError =>
  new EngineError("DEVICE_FAILED", `Arrays of PJRT's element type ${type} cannot be read.`, {
    data: { type },
  });

/**
 * @param what completes "The op X …": "has no form for accelerators yet".
 * @param site place in the user's code: "encoder.ts:12:7".
 */
export const opNotSupported = (op: string, what: string, site: string | undefined): EngineError =>
  new EngineError("OP_NOT_SUPPORTED", `The op ${op}${site === undefined ? "" : ` (at ${site})`} ${what}.`, {
    remedy: "Use other ops there, or run on the CPU with engine.device cpu.",
    data: { op, site },
  });
