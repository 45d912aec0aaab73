// TensorFlow's own inference and definitions of ops: the reference of our rules.
import path from "node:path";

import protobuf from "protobufjs";

import { bufferContent, cLibrary } from "../compile/c-library.ts";
import { nameOfType } from "../compile/data-types.ts";
import { endOf, valueEdges } from "../compile/edge.ts";
import type { AttributeMessage, NodeMessage } from "../compile/graph-messages.ts";
import { koffi, type Pointer } from "../foreign-functions.ts";
import type { InferredValue } from "../shapes/shape-inference.ts";
import { sessionSettings } from "../start.ts";

const DEFINITIONS = `
syntax = "proto3";
message Dim { int64 size = 1; }
message TensorShape { repeated Dim dim = 2; }
message Tensor { int32 dtype = 1; TensorShape tensor_shape = 2; bytes tensor_content = 4; }
message ListValue {
  repeated bytes s = 2;
  repeated int64 i = 3 [packed = true];
  repeated int32 type = 6 [packed = true];
}
message AttrValue {
  oneof value {
    ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6;
    TensorShape shape = 7; Tensor tensor = 8;
  }
}
message ArgDef {
  string name = 1;
  int32 type = 3;
  string type_attr = 4;
  string number_attr = 5;
  string type_list_attr = 6;
}
message AttrDef {
  string name = 1;
  string type = 2;
  AttrValue default_value = 3;
  AttrValue allowed_values = 7;
}
message OpDef {
  string name = 1;
  repeated ArgDef input_arg = 2;
  repeated ArgDef output_arg = 3;
  repeated AttrDef attr = 4;
}
message OpList { repeated OpDef op = 1; }
`;
const { root } = protobuf.parse(DEFINITIONS, { keepCase: true });

interface ArgumentDefinition {
  readonly name: string;
  readonly type: number;
  readonly type_attr?: string;
  readonly number_attr?: string;
  readonly type_list_attr?: string;
}

export interface AttributeDefinition {
  readonly name: string;
  readonly type: string;
  readonly default_value?: AttributeMessage;
  readonly allowed_values?: AttributeMessage;
}

/** TensorFlow's definition of an op (tensorflow/core/framework/op_def.proto). */
export interface OpDefinition {
  readonly name: string;
  readonly input_arg: readonly ArgumentDefinition[];
  readonly output_arg: readonly ArgumentDefinition[];
  readonly attr: readonly AttributeDefinition[];
}

let definitions: ReadonlyMap<string, OpDefinition> | undefined;

/** All ops of TensorFlow's library, by name. The engine must be started. */
export function opDefinitions(): ReadonlyMap<string, OpDefinition> {
  if (definitions !== undefined) return definitions;
  const library = cLibrary(sessionSettings().libraryFolder);
  const buffer = library.allOps();
  const type = root.lookupType("OpList");
  const bytes = bufferContent(buffer).slice(); // what is decoded holds parts of them
  library.deleteBuffer(buffer);
  const { op } = type.toObject(type.decode(bytes), {
    longs: Number,
    defaults: false,
    arrays: true,
  }) as { op: OpDefinition[] };
  definitions = new Map(op.map((each) => [each.name, each]));
  return definitions;
}

interface Output {
  readonly operation: Pointer;
  readonly index: number;
}

const openGraphFunctions = (folder: string) => {
  koffi.struct("TF_Output", { operation: "void*", index: "int" });
  const loaded = koffi.load(path.join(folder, "libtensorflow_cc.so.2"), { global: true });
  const call = <T>(signature: string) => loaded.func(signature) as unknown as T;
  return {
    newOperation: call<(graph: Pointer, op: string, name: string) => Pointer>(
      "void* TF_NewOperation(void*, const char*, const char*)",
    ),
    addInput: call<(description: Pointer, input: Output) => void>("void TF_AddInput(void*, TF_Output)"),
    addInputList: call<(description: Pointer, inputs: BigUint64Array, length: number) => void>(
      "void TF_AddInputList(void*, const void*, int)",
    ),
    setAttribute: call<
      (description: Pointer, name: string, value: Uint8Array, length: number, status: Pointer) => void
    >("void TF_SetAttrValueProto(void*, const char*, const void*, size_t, void*)"),
    finishOperation: call<(description: Pointer, status: Pointer) => Pointer | null>(
      "void* TF_FinishOperation(void*, void*)",
    ),
    outputCount: call<(operation: Pointer) => number>("int TF_OperationNumOutputs(void*)"),
    outputType: call<(output: Output) => number>("int TF_OperationOutputType(TF_Output)"),
    outputRank: call<(graph: Pointer, output: Output, status: Pointer) => number>(
      "int TF_GraphGetTensorNumDims(void*, TF_Output, void*)",
    ),
    outputShape: call<
      (graph: Pointer, output: Output, dims: BigInt64Array, rank: number, status: Pointer) => void
    >("void TF_GraphGetTensorShape(void*, TF_Output, void*, int, void*)"),
  };
};
let functions: ReturnType<typeof openGraphFunctions> | undefined;

/** What TensorFlow says of a graph: types and shapes, or why it refuses an op. */
export interface TensorflowInference {
  /** @throws {Error} with TensorFlow's message. */
  add(node: NodeMessage): readonly InferredValue[];
  close(): void;
}

/** Opens a graph of TensorFlow for shape inference. The engine must be started. */
export function tensorflowInference(): TensorflowInference {
  const { libraryFolder } = sessionSettings();
  const library = cLibrary(libraryFolder);
  const graphs = (functions ??= openGraphFunctions(libraryFolder));
  const graph = library.newGraph();
  const status = library.newStatus();
  const operations = new Map<string, Pointer>();
  const check = (): void => {
    if (library.statusCode(status) !== 0) throw new Error(library.statusMessage(status));
  };
  const outputOf = (edge: string): Output => {
    const { node, output } = endOf(edge);
    return { operation: operations.get(node)!, index: output };
  };
  const valueAt = (operation: Pointer, index: number): InferredValue => {
    const output = { operation, index };
    const dtype = nameOfType(graphs.outputType(output));
    const rank = graphs.outputRank(graph, output, status);
    check();
    if (rank < 0) return { dtype, shape: undefined };
    const dims = new BigInt64Array(rank);
    graphs.outputShape(graph, output, dims, rank, status);
    check();
    return { dtype, shape: dims.some((size) => size < 0n) ? undefined : Array.from(dims, Number) };
  };

  return {
    add({ name, op, input, attr }) {
      const description = graphs.newOperation(graph, op, name);
      const edges = valueEdges(input).map(outputOf);
      let place = 0;
      for (const length of listLengths(op, edges.length)) {
        if (length === undefined) graphs.addInput(description, edges[place++]!);
        else {
          const list = edges.slice(place, (place += length));
          const pairs = list.flatMap(({ operation, index }) => [operation, BigInt(index)]);
          graphs.addInputList(description, BigUint64Array.from(pairs), length);
        }
      }
      for (const [key, value] of Object.entries(attr)) {
        const bytes = encodeAttribute(value);
        graphs.setAttribute(description, key, bytes, bytes.length, status);
        check();
      }
      const operation = graphs.finishOperation(description, status);
      check();
      operations.set(name, operation!);
      return Array.from({ length: graphs.outputCount(operation!) }, (_, i) => valueAt(operation!, i));
    },
    close() {
      library.deleteGraph(graph);
      library.deleteStatus(status);
    },
  };
}

function encodeAttribute(value: AttributeMessage): Uint8Array {
  const type = root.lookupType("AttrValue");
  return type.encode(type.fromObject(value)).finish();
}

/**
 * For each argument of the op: undefined for one tensor, or the length of a list. An op has at most one list.
 */
function listLengths(op: string, inputs: number): readonly (number | undefined)[] {
  const lists = opDefinitions()
    .get(op)!
    .input_arg.map(
      ({ number_attr = "", type_list_attr = "" }) => number_attr !== "" || type_list_attr !== "",
    );
  const inList = inputs - lists.filter((isList) => !isList).length;
  return lists.map((isList) => (isList ? inList : undefined));
}
