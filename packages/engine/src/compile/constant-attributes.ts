import { DATA_TYPE, INT64 } from "./data-types.ts";
import type { AttributeMessage } from "./graph-messages.ts";
import { shapeOf } from "./session-state.ts";

/** Attributes of a "Const" node. `content` has the elements row by row, little-endian. */
export const constantAttributes = (
  dtype: number,
  shape: readonly number[],
  content: Uint8Array,
): Record<string, AttributeMessage> => ({
  dtype: { type: dtype },
  value: { tensor: { dtype, tensor_shape: shapeOf(shape), tensor_content: content } },
});

/**
 * The elements of a "Const" node, row by row; booleans are 0 and 1. Undefined of a type that no step takes
 * numbers of.
 */
export function constantElements(
  attributes: Readonly<Record<string, AttributeMessage>>,
): readonly number[] | undefined {
  const { dtype, tensor_content } = attributes["value"]!.tensor!;
  const { buffer } = tensor_content.slice();
  switch (dtype) {
    case DATA_TYPE.float32:
      return Array.from(new Float32Array(buffer));
    case DATA_TYPE.int32:
      return Array.from(new Int32Array(buffer));
    case INT64:
      return Array.from(new BigInt64Array(buffer), Number);
    case DATA_TYPE.bool:
    case DATA_TYPE.uint8:
      return Array.from(tensor_content);
    default:
      return undefined;
  }
}
