import * as tf from "@tensorflow/tfjs";

import { wrongInputSize } from "../messages/programs.ts";
import { fromBytes } from "../ops/raw-op.ts";
import { sizeOf } from "../shapes/shape.ts";
import type { HostTensor } from "./data-types.ts";

/** Copies inputs to tensors, bytes as float32. The caller owns the tensors. */
export const inputTensors = (inputs: Readonly<Record<string, HostTensor>>): Record<string, tf.Tensor> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { values, shape }]) => [
      name,
      values instanceof Uint8Array
        ? fromBytes(values, shape as tf.ShapeMap[tf.Rank])
        : tf.tensor(values.slice(), [...shape], values instanceof Int32Array ? "int32" : "float32"),
    ]),
  );

/**
 * Checks that inputs fill their shapes, which TensorFlow does not check. @throws {EngineError} INVALID_OPTION
 */
export function requireSizes(inputs: Readonly<Record<string, HostTensor>>): void {
  for (const [name, { values, shape }] of Object.entries(inputs)) {
    const size = sizeOf(shape);
    if (values.length !== size) throw wrongInputSize(name, shape, size, values.length);
  }
}
