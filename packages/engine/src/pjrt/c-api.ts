/**
 * PJRT's C API (OpenXLA), the part that is used here. A function takes one struct and returns an error or
 * nothing. Every such struct is a row of 8-byte words: its size, a list of extensions, then its fields; what
 * is smaller than a word is padded to one. So a function is its place in the plugin's table and the names of
 * its fields. The table and the structs of API 0 only ever grow at their ends.
 */
export const FUNCTIONS = {
  Error_Destroy: { place: 0, fields: ["error"] },
  Error_Message: { place: 1, fields: ["error", "message", "messageSize"] },
  Error_GetCode: { place: 2, fields: ["error", "code"] },
  Plugin_Initialize: { place: 3, fields: [] },
  Event_Destroy: { place: 5, fields: ["event"] },
  Event_Await: { place: 8, fields: ["event"] },
  Client_Create: {
    place: 10,
    fields: [
      ...["options", "optionCount", "get", "getArgument", "put", "putArgument", "client"],
      ...["tryGet", "tryGetArgument"],
    ],
  },
  Client_Destroy: { place: 11, fields: ["client"] },
  Client_PlatformName: { place: 12, fields: ["client", "name", "nameSize"] },
  Client_PlatformVersion: { place: 14, fields: ["client", "version", "versionSize"] },
  Client_AddressableDevices: { place: 16, fields: ["client", "devices", "deviceCount"] },
  Client_Compile: { place: 20, fields: ["client", "program", "options", "optionsSize", "executable"] },
  Client_BufferFromHostBuffer: {
    place: 22,
    fields: [
      ...["client", "data", "type", "dims", "rank", "strides", "strideCount", "semantics", "device"],
      ...["memory", "layout", "copied", "buffer"],
    ],
  },
  DeviceDescription_Id: { place: 23, fields: ["description", "id"] },
  DeviceDescription_Kind: { place: 26, fields: ["description", "kind", "kindSize"] },
  Device_GetDescription: { place: 29, fields: ["device", "description"] },
  Device_MemoryStats: {
    place: 34,
    fields: [
      ...["device", "inUse", "peak", "hasPeak", "allocations", "hasAllocations", "largest", "hasLargest"],
      ...["limit", "hasLimit", "reserved", "hasReserved", "peakReserved", "hasPeakReserved"],
      ...["reservable", "hasReservable", "largestFree", "hasLargestFree", "pool", "hasPool"],
      ...["peakPool", "hasPeakPool"],
    ],
  },
  Executable_Destroy: { place: 40, fields: ["executable"] },
  Executable_NumOutputs: { place: 44, fields: ["executable", "count"] },
  Executable_Serialize: { place: 49, fields: ["executable", "bytes", "size", "owner", "free"] },
  LoadedExecutable_Destroy: { place: 50, fields: ["executable"] },
  LoadedExecutable_GetExecutable: { place: 51, fields: ["loaded", "executable"] },
  LoadedExecutable_AddressableDevices: { place: 52, fields: ["executable", "devices", "deviceCount"] },
  LoadedExecutable_Execute: {
    place: 55,
    fields: [
      ...["executable", "options", "arguments", "deviceCount", "argumentCount", "results", "done"],
      ...["device"],
    ],
  },
  Executable_DeserializeAndLoad: {
    place: 56,
    fields: ["client", "bytes", "size", "executable", "options", "optionsSize"],
  },
  Buffer_Destroy: { place: 58, fields: ["buffer"] },
  Buffer_ElementType: { place: 59, fields: ["buffer", "type"] },
  Buffer_Dimensions: { place: 60, fields: ["buffer", "dims", "rank"] },
  Buffer_IsDeleted: { place: 68, fields: ["buffer", "isDeleted"] },
  Buffer_ToHostBuffer: { place: 70, fields: ["buffer", "layout", "target", "size", "copied"] },
  TopologyDescription_Create: {
    place: 82,
    fields: ["name", "nameSize", "options", "optionCount", "topology"],
  },
  TopologyDescription_Destroy: { place: 83, fields: ["topology"] },
  Compile: {
    place: 89,
    fields: ["topology", "program", "options", "optionsSize", "client", "executable"],
  },
  Executable_GetCompiledMemoryStats: {
    place: 96,
    fields: [
      ...["executable", "code", "arguments", "results", "aliased", "temporary"],
      ...["hostCode", "hostArguments", "hostResults", "hostAliased", "hostTemporary", "peak", "total"],
    ],
  },
} as const satisfies Readonly<Record<string, { readonly place: number; readonly fields: readonly string[] }>>;

export type FunctionName = keyof typeof FUNCTIONS;
export type Field<Name extends FunctionName> = (typeof FUNCTIONS)[Name]["fields"][number];

/** Where the table of functions begins in a plugin's PJRT_Api, and the plugin's version before it. */
export const TABLE = { size: 0, version: 32, functions: 40 } as const;

/** The oldest minor version of API 0 that has every function above. */
export const OLDEST_API = 81;

/** PJRT's numbers of element types. */
export const ELEMENT = {
  bool: 1,
  int32: 4,
  int64: 5,
  uint8: 6,
  uint32: 8,
  uint64: 9,
  float16: 10,
  float32: 11,
  float64: 12,
  bfloat16: 13,
} as const;
export type Element = keyof typeof ELEMENT;

/** Names of PJRT's error codes, which are those of Abseil, by their number. */
export const STATUS = [
  ...["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"],
  ...["PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE"],
  ...["UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"],
] as const;
