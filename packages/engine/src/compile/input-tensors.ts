import * as tf from "@tensorflow/tfjs";

import { EngineError } from "../errors.ts";
import { fromBytes } from "../ops/raw-op.ts";
import type { HostTensor } from "./data-types.ts";

/** What a step sees of its inputs: bytes as float32. The caller owns the tensors, which hold copies. */
export const inputTensors = (inputs: Readonly<Record<string, HostTensor>>): Record<string, tf.Tensor> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { values, shape }]) => [
      name,
      values instanceof Uint8Array
        ? fromBytes(values, shape as tf.ShapeMap[tf.Rank])
        : tf.tensor(values.slice(), [...shape], values instanceof Int32Array ? "int32" : "float32"),
    ]),
  );

/** TensorFlow takes a tensor's length on trust. */
export function requireSizes(inputs: Readonly<Record<string, HostTensor>>): void {
  for (const [name, { values, shape }] of Object.entries(inputs)) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (values.length === size) continue;
    throw new EngineError(
      "INVALID_OPTION",
      `The input "${name}" of shape [${shape.join(", ")}] takes ${size} values, got ${values.length}.`,
    );
  }
}
