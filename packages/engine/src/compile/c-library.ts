import path from "node:path";

import { koffi, memoryAt, pinLibrary, type Pointer } from "../foreign-functions.ts";
import { libraryFileNotLoaded } from "../messages/libraries.ts";

type Call<Arguments extends unknown[], Result> = ((...args: Arguments) => Result) & {
  async: (...args: [...Arguments, (error: Error | null, result: Result) => void]) => void;
};
type Bytes = Uint8Array | BigInt64Array | BigUint64Array;

/** The functions of TensorFlow's C library that graphs and sessions need (tensorflow/c/c_api.h). */
export interface CLibrary {
  newStatus: Call<[], Pointer>;
  deleteStatus: Call<[Pointer], void>;
  statusCode: Call<[Pointer], number>;
  statusMessage: Call<[Pointer], string>;
  newBuffer: Call<[Uint8Array, number], Pointer>;
  /** An empty buffer for the library to fill. */
  emptyBuffer: Call<[], Pointer>;
  deleteBuffer: Call<[Pointer], void>;
  /** An encoded list of all ops of the library; freed with `deleteBuffer`. */
  allOps: Call<[], Pointer>;
  newGraph: Call<[], Pointer>;
  deleteGraph: Call<[Pointer], void>;
  newImportOptions: Call<[], Pointer>;
  deleteImportOptions: Call<[Pointer], void>;
  importGraph: Call<[graph: Pointer, definition: Pointer, options: Pointer, status: Pointer], void>;
  operation: Call<[graph: Pointer, name: string], Pointer | null>;
  graphToFunction: Call<
    [
      body: Pointer,
      name: string,
      appendHash: number,
      operations: number,
      operationList: null,
      inputs: number,
      inputList: BigUint64Array,
      outputs: number,
      outputList: BigUint64Array,
      outputNames: null,
      options: null,
      description: null,
      status: Pointer,
    ],
    Pointer
  >;
  copyFunction: Call<[graph: Pointer, function_: Pointer, gradient: null, status: Pointer], void>;
  deleteFunction: Call<[Pointer], void>;
  newSessionOptions: Call<[], Pointer>;
  deleteSessionOptions: Call<[Pointer], void>;
  setConfig: Call<[options: Pointer, config: Uint8Array, length: number, status: Pointer], void>;
  /** Makes sessions of these options part of the server's cluster. */
  setTarget: Call<[options: Pointer, target: string], void>;
  newServer: Call<[definition: Uint8Array, length: number, status: Pointer], Pointer>;
  startServer: Call<[server: Pointer, status: Pointer], void>;
  serverTarget: Call<[server: Pointer], string>;
  newSession: Call<[graph: Pointer, options: Pointer, status: Pointer], Pointer>;
  closeSession: Call<[session: Pointer, status: Pointer], void>;
  deleteSession: Call<[session: Pointer, status: Pointer], void>;
  run: Call<
    [
      session: Pointer,
      runOptions: Pointer | null,
      feeds: BigUint64Array,
      feedTensors: BigUint64Array,
      feedCount: number,
      fetches: BigUint64Array,
      fetchTensors: BigUint64Array,
      fetchCount: number,
      targets: BigUint64Array,
      targetCount: number,
      metadata: Pointer | null,
      status: Pointer,
    ],
    void
  >;
  newTensor: Call<[dataType: number, dims: Bytes, rank: number, bytes: number], Pointer>;
  deleteTensor: Call<[Pointer], void>;
  tensorType: Call<[Pointer], number>;
  tensorRank: Call<[Pointer], number>;
  tensorDim: Call<[Pointer, number], number | bigint>;
  tensorBytes: Call<[Pointer], number | bigint>;
  tensorData: Call<[Pointer], Pointer>;
}

const SIGNATURES: Readonly<Record<keyof CLibrary, string>> = {
  newStatus: "void* TF_NewStatus()",
  deleteStatus: "void TF_DeleteStatus(void*)",
  statusCode: "int TF_GetCode(void*)",
  statusMessage: "const char* TF_Message(void*)",
  newBuffer: "void* TF_NewBufferFromString(const void*, size_t)",
  emptyBuffer: "void* TF_NewBuffer()",
  deleteBuffer: "void TF_DeleteBuffer(void*)",
  allOps: "void* TF_GetAllOpList()",
  newGraph: "void* TF_NewGraph()",
  deleteGraph: "void TF_DeleteGraph(void*)",
  newImportOptions: "void* TF_NewImportGraphDefOptions()",
  deleteImportOptions: "void TF_DeleteImportGraphDefOptions(void*)",
  importGraph: "void TF_GraphImportGraphDef(void*, void*, void*, void*)",
  operation: "void* TF_GraphOperationByName(void*, const char*)",
  graphToFunction:
    "void* TF_GraphToFunction(void*, const char*, uint8_t, int, void*, int, const void*, int, const " +
    "void*, void*, void*, const char*, void*)",
  copyFunction: "void TF_GraphCopyFunction(void*, void*, void*, void*)",
  deleteFunction: "void TF_DeleteFunction(void*)",
  newSessionOptions: "void* TF_NewSessionOptions()",
  deleteSessionOptions: "void TF_DeleteSessionOptions(void*)",
  setConfig: "void TF_SetConfig(void*, const void*, size_t, void*)",
  setTarget: "void TF_SetTarget(void*, const char*)",
  newServer: "void* TF_NewServer(const void*, size_t, void*)",
  startServer: "void TF_ServerStart(void*, void*)",
  serverTarget: "const char* TF_ServerTarget(void*)",
  newSession: "void* TF_NewSession(void*, void*, void*)",
  closeSession: "void TF_CloseSession(void*, void*)",
  deleteSession: "void TF_DeleteSession(void*, void*)",
  run:
    "void TF_SessionRun(void*, void*, const void*, const void*, int, const void*, void*, int, const " +
    "void*, int, void*, void*)",
  newTensor: "void* TF_AllocateTensor(int, const void*, int, size_t)",
  deleteTensor: "void TF_DeleteTensor(void*)",
  tensorType: "int TF_TensorType(void*)",
  tensorRank: "int TF_NumDims(void*)",
  tensorDim: "int64_t TF_Dim(void*, int)",
  tensorBytes: "size_t TF_TensorByteSize(void*)",
  tensorData: "void* TF_TensorData(void*)",
};

let library: CLibrary | undefined;

/**
 * TensorFlow's C library in this process. It is the copy that tfjs-node's addon uses; both share its threads
 * and memory.
 *
 * @param folder of libtensorflow_cc.so.2 and libtensorflow_framework.so.2.
 */
export function cLibrary(folder: string): CLibrary {
  if (library !== undefined) return library;
  const files = ["framework", "cc"].map((part) => path.join(folder, `libtensorflow_${part}.so.2`));
  for (const file of files) {
    if (pinLibrary(file, { global: true }) !== undefined) throw libraryFileNotLoaded(file);
  }
  // libtensorflow_cc also gives access to the symbols of libtensorflow_framework.
  const loaded = koffi.load(files[1]!, { global: true });
  library = Object.fromEntries(
    Object.entries(SIGNATURES).map(([name, signature]) => [name, loaded.func(signature)]),
  ) as unknown as CLibrary;
  return library;
}

const BUFFER = koffi.struct("TF_Buffer", { data: "void*", length: "size_t", deallocate: "void*" });

/** The content of a TF_Buffer, not copied. */
export function bufferContent(buffer: Pointer): Uint8Array {
  const { data, length } = koffi.decode(buffer, BUFFER) as { data: Pointer; length: number | bigint };
  return memoryAt(data, Number(length));
}
