/** Arrays that are passed to and from a compiled step. */
export type HostValues = Float32Array | Int32Array | Uint8Array;

/** TensorFlow's numbers of the types in use (tensorflow/c/tf_datatype.h). */
export const DATA_TYPE = { float32: 1, int32: 3, uint8: 4, bool: 10, bfloat16: 14 } as const;
export type DataType = keyof typeof DATA_TYPE;

/** TensorFlow's number of 64-bit integers, which tfjs does not have, and which some ops take as arguments. */
export const INT64 = 9;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(DATA_TYPE).map(([name, number]): [number, string] => [number, name]),
  [INT64, "int64"],
]);

/** Bytes of one element, by the name of its type. */
export const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  bool: 1,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint32: 4,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
  bfloat16: 2,
};

/** "float32" for 1. */
export const nameOfType = (dataType: number): string => TYPE_NAMES.get(dataType) ?? `type ${dataType}`;

/** An array with its shape, row-major. */
export interface HostTensor {
  readonly values: HostValues;
  readonly shape: readonly number[];
}

export function dataTypeOf(values: HostValues): DataType {
  if (values instanceof Float32Array) return "float32";
  return values instanceof Int32Array ? "int32" : "uint8";
}

export const bytesOf = (values: HostValues): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A copy of `bytes` as an array of type `dataType`; booleans are 0 and 1. */
export function valuesOf(bytes: Uint8Array, dataType: number): HostValues {
  const copy = bytes.slice();
  if (dataType === DATA_TYPE.float32) return new Float32Array(copy.buffer);
  return dataType === DATA_TYPE.int32 ? new Int32Array(copy.buffer) : copy;
}
