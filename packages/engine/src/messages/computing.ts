// The sentences of errors COMPUTE_FAILED.

import { EngineError } from "../errors.ts";

export const inputsFreed = (step: string): EngineError =>
  new EngineError("COMPUTE_FAILED", `The inputs of this call of "${step}" were freed.`, {
    remedy: "Run a loaded call once, and before its program is disposed.",
    data: { step },
  });

/** An error with the line of the user's step that it is about. */
export const madeAt = ({ code, message, data, cause }: EngineError, site: string): EngineError =>
  new EngineError(code, `${message} (made at ${site})`, { data: { ...data, site }, cause });

export const operationMissing = (operation: string): EngineError =>
  new EngineError("COMPUTE_FAILED", `The graph has no operation "${operation}".`, { data: { operation } });

/**
 * Inputs of an op that do not go together.
 *
 * @param sentence what must hold and what was found; that of TensorFlow, where users may know it.
 */
export const inputsDoNotFit = (
  op: string,
  shapes: readonly (readonly number[])[],
  sentence: string,
): EngineError => {
  const given = shapes.map((shape) => `[${shape.join(",")}]`).join(", ");
  return tensorflowFailed(
    `${sentence.replace(/\.$/, "")} for ${op}${given === "" ? "" : ` with input shapes: ${given}`}`,
  );
};

export const programDisposed = (): EngineError =>
  new EngineError("COMPUTE_FAILED", "The program was disposed and can run nothing any more.");

/** @param reason TensorFlow's own message. */
export const tensorflowFailed = (reason: string): EngineError =>
  new EngineError("COMPUTE_FAILED", `TensorFlow: ${reason}`, { data: { reason } });
