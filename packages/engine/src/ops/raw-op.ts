import type * as tf from "@tensorflow/tfjs";

import { type Binding, nativeBackend, type NativeAttribute } from "../tfjs-internals.ts";

type DataTypeName = "float32" | "int32" | "bool" | "uint8";

/** An attribute of a TensorFlow op with its kind, which the C library needs. */
export type Attribute =
  | { readonly kind: "type"; readonly value: DataTypeName }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "shape"; readonly value: readonly number[] };

/** Makes an attribute of a kind: `attribute.type("float32")`, `attribute.ints([1, 2, 2, 1])`. */
export const attribute = {
  type: (value: DataTypeName): Attribute => ({ kind: "type", value }),
  ints: (value: readonly number[]): Attribute => ({ kind: "ints", value }),
  int: (value: number): Attribute => ({ kind: "int", value }),
  float: (value: number): Attribute => ({ kind: "float", value }),
  bool: (value: boolean): Attribute => ({ kind: "bool", value }),
  text: (value: string): Attribute => ({ kind: "text", value }),
  shape: (value: readonly number[]): Attribute => ({ kind: "shape", value }),
} as const;

const ATTRIBUTE_CONSTANT = {
  type: "TF_ATTR_TYPE",
  ints: "TF_ATTR_INT",
  int: "TF_ATTR_INT",
  float: "TF_ATTR_FLOAT",
  bool: "TF_ATTR_BOOL",
  text: "TF_ATTR_STRING",
  shape: "TF_ATTR_SHAPE",
} as const;

const DATA_TYPE_CONSTANT = {
  float32: "TF_FLOAT",
  int32: "TF_INT32",
  bool: "TF_BOOL",
  uint8: "TF_UINT8",
} as const;

function toNative(binding: Binding, attributes: Readonly<Record<string, Attribute>>): NativeAttribute[] {
  return Object.entries(attributes).map(([name, { kind, value }]) => ({
    name,
    type: binding[ATTRIBUTE_CONSTANT[kind]]!,
    value: kind === "type" ? binding[DATA_TYPE_CONSTANT[value]] : value,
  }));
}

/**
 * Runs any TensorFlow op by its name, eagerly and without a gradient.
 *
 * @param attributes by name; those with a default in TensorFlow may be left out.
 * @param outputs number of tensors that the op returns.
 * @returns the outputs; the caller owns them (a surrounding `tf.tidy` frees them).
 *
 * @example
 * ```ts
 * rawOp("Relu", { T: attribute.type("float32") }, [tf.tensor1d([-1, 2])], 1); // => [[0, 2]]
 * ```
 */
export function rawOp(
  name: string,
  attributes: Readonly<Record<string, Attribute>>,
  inputs: readonly tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  const backend = nativeBackend();
  return backend.executeMultipleOutputs(name, toNative(backend.binding, attributes), inputs, outputs);
}

/**
 * Converts bytes to a float32 tensor with the same values, 0 to 255.
 *
 * The bytes are copied to TensorFlow as uint8, a quarter of the size of tfjs's int32, and converted there.
 *
 * @param bytes row-major, as many as `shape` has elements; copied, and free to be reused at once.
 * @returns float32 of `shape`; the caller owns it.
 */
export function fromBytes<R extends tf.Rank>(bytes: Uint8Array, shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const backend = nativeBackend();
  const { binding } = backend;
  const id = binding.createTensor(shape, binding.TF_UINT8!, bytes);
  try {
    const attributes = toNative(binding, { SrcT: attribute.type("uint8"), DstT: attribute.type("float32") });
    const [output] = binding.executeOp("Cast", attributes, [id], 1);
    return backend.createOutputTensor(output!) as tf.Tensor<R>;
  } finally {
    binding.deleteTensor(id);
  }
}
