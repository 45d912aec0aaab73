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
