import protobuf from "protobufjs";

import type { StoredArray, StoredFile, StoredType } from "../../files/safetensors.ts";
import {
  onnxArrayOfOtherSize,
  onnxNameTwice,
  onnxTruncated,
  onnxWithoutGraph,
  weightsElsewhere,
} from "../../messages/weights.ts";

/** The part of ONNX's protocol buffers (onnx/onnx.proto) that holds weights. Other fields are passed over. */
const DEFINITIONS = `
syntax = "proto3";
message Tensor {
  repeated int64 dims = 1;
  int32 data_type = 2;
  repeated float float_data = 4;
  repeated int32 int32_data = 5;
  string name = 8;
  bytes raw_data = 9;
  repeated double double_data = 10;
  int32 data_location = 14;
}
message Graph { repeated Tensor initializer = 5; }
message Entry { string key = 1; string value = 2; }
message Model { Graph graph = 7; repeated Entry metadata_props = 14; }
`;

interface TensorMessage {
  readonly dims: readonly unknown[];
  readonly data_type: number;
  readonly float_data: readonly number[];
  readonly int32_data: readonly number[];
  readonly name: string;
  readonly raw_data: Uint8Array;
  readonly double_data: readonly number[];
  readonly data_location: number;
}

interface ModelMessage {
  readonly graph: { readonly initializer: readonly TensorMessage[] } | null;
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
}

const model = protobuf.parse(DEFINITIONS, { keepCase: true }).root.lookupType("Model");

/** The floating-point types, by ONNX's numbers of them (TensorProto.DataType). */
const TYPES: Readonly<Record<number, { readonly type: StoredType; readonly width: number }>> = {
  1: { type: "F32", width: 4 },
  10: { type: "F16", width: 2 },
  11: { type: "F64", width: 8 },
  16: { type: "BF16", width: 2 },
};

/** `TensorProto.DataLocation.EXTERNAL` */
const EXTERNAL = 1;

/**
 * The weights of an ONNX model: its initializers of floating-point numbers that have an axis. Numbers on
 * their own and whole numbers are constants of the graph. Nothing of the graph runs.
 *
 * @param source named in errors.
 * @throws {TsslError} WEIGHTS where the values lie in another file.
 * @throws {Error} the reason why it is no ONNX model.
 */
export function onnxArrays(bytes: Uint8Array, source: string): StoredFile {
  const { graph, metadata_props } = decoded(bytes);
  if (graph === null) throw onnxWithoutGraph();
  const tensors = graph.initializer.filter(
    ({ data_type, dims }) => TYPES[data_type] !== undefined && dims.length > 0,
  );
  const elsewhere = tensors.find(({ data_location }) => data_location === EXTERNAL);
  if (elsewhere !== undefined) throw weightsElsewhere(source, elsewhere.name);
  const arrays = tensors.map(storedArray);
  const names = new Set<string>();
  for (const { name } of arrays) {
    if (names.has(name)) throw onnxNameTwice(name);
    names.add(name);
  }
  return { arrays, metadata: Object.fromEntries(metadata_props.map(({ key, value }) => [key, value])) };
}

function decoded(bytes: Uint8Array): ModelMessage {
  try {
    return model.decode(bytes) as unknown as ModelMessage;
  } catch (error) {
    throw onnxTruncated(error);
  }
}

function storedArray(tensor: TensorMessage): StoredArray {
  const { name, data_type } = tensor;
  const { type, width } = TYPES[data_type]!;
  const shape = tensor.dims.map(Number);
  const bytes = bytesOf(tensor);
  const wanted = shape.reduce((product, side) => product * side, width);
  if (bytes.length !== wanted) throw onnxArrayOfOtherSize(name, bytes.length, wanted);
  return { name, type, shape, bytes };
}

/** A tensor has its values as bytes, or in a field for their type. */
function bytesOf({ data_type, raw_data, float_data, int32_data, double_data }: TensorMessage): Uint8Array {
  if (raw_data.length > 0) return raw_data;
  if (data_type === 1) return new Uint8Array(Float32Array.from(float_data).buffer);
  if (data_type === 11) return new Uint8Array(Float64Array.from(double_data).buffer);
  return new Uint8Array(Uint16Array.from(int32_data).buffer);
}
