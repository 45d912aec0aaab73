import type * as tf from "@tensorflow/tfjs";

import { EngineError } from "../errors.ts";
import { callSite } from "./call-site.ts";

/** A step that would not be what its recording is, with the line that makes it so. */
function refused(what: string, remedy: string): EngineError {
  const site = callSite()();
  return new EngineError("NOT_TRACEABLE", `${what}${site === undefined ? "" : ` (at ${site})`}. ${remedy}`);
}

export const reading = (): EngineError =>
  refused(
    "The step reads a tensor's value",
    "A compiled step runs without JavaScript: compute with tensors, return what is to be read, or use engine.mode eager.",
  );

export const randomness = (what: string): EngineError =>
  refused(
    `The step draws random numbers from ${what}`,
    "Recorded, they would be the same in every step: hand them in as an input.",
  );

export const largeConstant = (tensor: tf.Tensor, bytes: number): EngineError =>
  refused(
    `The step holds a constant of shape [${tensor.shape.join(", ")}], ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    "Keep it as state, hand it in as an input, or compute it from smaller ones.",
  );

export const foreignVariable = (verb: string, variable: tf.Variable): EngineError =>
  refused(
    `The step ${verb} the variable "${variable.name}", which is not part of its state`,
    "Variables must be made before compiling and be named in the state.",
  );

export const changingShape = (op: string): EngineError =>
  refused(
    `The shape of what the op ${op} gives depends on values`,
    "The shapes in a compiled step are those of every call: use an op whose result has one shape, such as a mask instead of a selection.",
  );
