// The sentences of errors NOT_TRACEABLE.

import type * as tf from "@tensorflow/tfjs";

import { EngineError } from "../errors.ts";

/** @param site place in the user's code: "losses.ts:12:7". */
const notTraceable = (what: string, site: string | undefined, remedy: string, data: object): EngineError =>
  new EngineError("NOT_TRACEABLE", `${what}${site === undefined ? "" : ` (at ${site})`}.`, {
    remedy,
    data: { ...data, site },
  });

export const attributeNotRecordable = (name: string): EngineError =>
  new EngineError("NOT_TRACEABLE", `The kind of the attribute ${name} cannot be recorded.`, {
    data: { name },
  });

/** @param op whose result has a shape that depends on values. */
export const changingShape = (op: string, site: string | undefined): EngineError =>
  notTraceable(
    `The shape of the result of the op ${op} depends on values`,
    site,
    "Shapes are fixed in a compiled step: use an op with a result of one shape, such as a mask instead " +
      "of a selection.",
    { op },
  );

/** @param verb "reads", "assigns" or "makes". */
export const foreignVariable = (
  verb: "reads" | "assigns" | "makes",
  { name }: tf.Variable,
  site: string | undefined,
): EngineError =>
  notTraceable(
    `The step ${verb} the variable "${name}", which is not part of its state`,
    site,
    "Make variables before compiling, and name them in the state; `optimizerState` makes and names those " +
      "of an optimizer.",
    { verb, name },
  );

/** @param variable tfjs's name of it. */
export const gradientNotInOptimizerState = (variable: string): EngineError =>
  notTraceable(
    `The optimizer gets a gradient of the variable "${variable}", which \`optimizerState\` was not told of`,
    undefined,
    "Name it there, or leave it out of what `minimize` moves, by its list of variables.",
    { variable },
  );

export const largeConstant = ({ shape }: tf.Tensor, bytes: number, site: string | undefined): EngineError =>
  notTraceable(
    `The step holds a constant of shape [${shape.join(", ")}], ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    site,
    "Make it state, pass it as an input, or compute it from smaller tensors.",
    { shape, bytes },
  );

/** @param source of the numbers: "Math.random". */
export const randomNumbers = (source: string, site: string | undefined): EngineError =>
  notTraceable(
    `The step draws random numbers from ${source}`,
    site,
    "A recording would repeat them in every step: pass them as an input.",
    { source },
  );

/** @param op of TensorFlow that has no rule for the shapes of its results. */
export const opNotRecordable = (op: string, site: string | undefined): EngineError =>
  notTraceable(
    `The op ${op} cannot be recorded`,
    site,
    "Write it with other ops, or use engine.mode eager.",
    { op },
  );

/** @param dtype of a result, such as "int64". */
export const typeNotRecordable = (dtype: string, site: string | undefined): EngineError =>
  notTraceable(
    `The step makes a tensor of the type ${dtype}, which tfjs does not have`,
    site,
    'Ask the op for another type ("float32", "int32" or "bool"), or cast it within the op.',
    { dtype },
  );

export const stringConstant = (): EngineError =>
  new EngineError("NOT_TRACEABLE", "A compiled step cannot hold strings.");

export const tooManyShapes = (step: string, shapes: readonly string[]): EngineError =>
  new EngineError(
    "NOT_TRACEABLE",
    `The step "${step}" was called with ${shapes.length} sets of input shapes, and each is recorded and ` +
      "compiled: " +
      `${shapes.join(" | ")}.`,
    { remedy: "Keep the shapes of its inputs the same.", data: { step, shapes } },
  );

export const valueRead = (site: string | undefined): EngineError =>
  notTraceable(
    "The step reads a tensor's value",
    site,
    "A compiled step runs without JavaScript: compute with tensors and return the tensor to be read, " +
      "or use engine.mode eager.",
    {},
  );
