import type { AttributeMessage } from "./graph-messages.ts";
import { shapeOf } from "./session-state.ts";

/** The attributes of a "Const" node. `content` holds the elements row by row, little-endian. */
export const constantAttributes = (
  dtype: number,
  shape: readonly number[],
  content: Uint8Array,
): Record<string, AttributeMessage> => ({
  dtype: { type: dtype },
  value: { tensor: { dtype, tensor_shape: shapeOf(shape), tensor_content: content } },
});
