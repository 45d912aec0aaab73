import type * as tf from "@tensorflow/tfjs";

import { shapeText } from "../text/shape-text.ts";

/** What a sentence says of a tensor. */
export type TensorType = Pick<tf.Tensor, "dtype"> & { readonly shape: readonly number[] };

/** "[2, 3] int32" */
export const tensorText = ({ shape, dtype }: TensorType): string => `${shapeText(shape)} ${dtype}`;

/** Of several tensors alike, one. */
export const tensorsText = (tensors: readonly TensorType[]): string =>
  [...new Set(tensors.map(tensorText))].join("; ");
