import protobuf from "protobufjs";

import type { ProcessGroup } from "../processes/process-group.ts";

/**
 * The part of TensorFlow's protocol buffers that describes graphs and sessions:
 * tensorflow/core/framework/{graph,node_def,attr_value, tensor,tensor_shape,op_def}.proto and
 * protobuf/{config,cluster,tensorflow_server}.proto. A field that is not declared here is silently dropped.
 */
const DEFINITIONS = `
syntax = "proto3";
message Dim { int64 size = 1; }
message TensorShape { repeated Dim dim = 2; }
message Tensor { int32 dtype = 1; TensorShape tensor_shape = 2; bytes tensor_content = 4; }
message ListValue {
  repeated bytes s = 2;
  repeated int64 i = 3 [packed = true];
  repeated float f = 4 [packed = true];
  repeated bool b = 5 [packed = true];
  repeated int32 type = 6 [packed = true];
  repeated TensorShape shape = 7;
}
message NameAttrList { string name = 1; }
message AttrValue {
  oneof value {
    ListValue list = 1;
    bytes s = 2;
    int64 i = 3;
    float f = 4;
    bool b = 5;
    int32 type = 6;
    TensorShape shape = 7;
    Tensor tensor = 8;
    NameAttrList func = 10;
  }
}
message NodeDef {
  string name = 1;
  string op = 2;
  repeated string input = 3;
  string device = 4;
  map<string, AttrValue> attr = 5;
}
message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
message OpDef { string name = 1; }
message OpList { repeated OpDef op = 1; }
message GpuOptions { bool allow_growth = 4; }
message ConfigProto {
  map<string, int32> device_count = 1;
  int32 intra_op_parallelism_threads = 2;
  int32 inter_op_parallelism_threads = 5;
  repeated string device_filters = 4;
  GpuOptions gpu_options = 6;
  bool allow_soft_placement = 7;
  bool isolate_session_state = 15;
  Experimental experimental = 16;
}
message Experimental { string collective_group_leader = 1; }
message JobDef { string name = 1; map<int32, string> tasks = 2; }
message ClusterDef { repeated JobDef job = 1; }
message ServerDef {
  ClusterDef cluster = 1;
  string job_name = 2;
  int32 task_index = 3;
  ConfigProto default_session_config = 4;
  string protocol = 5;
}
`;

const { root } = protobuf.parse(DEFINITIONS, { keepCase: true });

/** A shape in TensorFlow's messages. */
export interface ShapeMessage {
  readonly dim: readonly { readonly size: number }[];
}

export interface AttributeMessage {
  readonly list?: {
    readonly i?: readonly number[];
    readonly f?: readonly number[];
    readonly b?: readonly boolean[];
    readonly s?: readonly Uint8Array[];
    readonly type?: readonly number[];
  };
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: ShapeMessage;
  readonly tensor?: {
    readonly dtype: number;
    readonly tensor_shape: ShapeMessage;
    readonly tensor_content: Uint8Array;
  };
  readonly func?: { readonly name: string };
}

/** The text of an attribute; "" of one that is not there. */
export const attributeText = (attribute: AttributeMessage | undefined): string =>
  Buffer.from(attribute?.s ?? []).toString();

/**
 * An op of a graph. An input is "node", "node:output" or "^node" (which runs before, and passes no value).
 */
export interface NodeMessage {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttributeMessage>>;
}

/** An op that the library has. */
export interface OpMessage {
  readonly name: string;
}

export const decodeOpList = (bytes: Uint8Array): readonly OpMessage[] =>
  (root.lookupType("OpList").decode(bytes) as unknown as { op: OpMessage[] }).op;

/** The graph format of TensorFlow 2.21, and the oldest version that can read it. */
const VERSIONS = { producer: 1700, min_consumer: 12 };

export const encodeGraph = (nodes: readonly NodeMessage[]): Uint8Array =>
  encode("GraphDef", { node: nodes, versions: VERSIONS });

export interface SessionConfig {
  readonly threads: number;
  readonly gpuMemoryGrowth: boolean;
  /** Processes that the session computes together with; absent where it computes alone. */
  readonly group?: ProcessGroup;
}

export interface ServerConfig extends SessionConfig {
  readonly group: ProcessGroup;
}

export const encodeSessionConfig = (config: SessionConfig): Uint8Array =>
  encode("ConfigProto", sessionConfig(config));

const sessionConfig = ({ threads, gpuMemoryGrowth, group }: SessionConfig) => ({
  intra_op_parallelism_threads: threads,
  inter_op_parallelism_threads: threads,
  gpu_options: { allow_growth: gpuMemoryGrowth },
  allow_soft_placement: true,
  ...(group === undefined
    ? {}
    : {
        // Ops run in this process; another's are reached by exchanges alone.
        device_filters: [taskOf(group.rank)],
        // Programs of one process do not share variables.
        isolate_session_state: true,
        experimental: { collective_group_leader: taskOf(0) },
      }),
});

const JOB = "replica";
const taskOf = (rank: number): string => `/job:${JOB}/replica:0/task:${rank}`;

export const encodeServer = (config: ServerConfig): Uint8Array =>
  encode("ServerDef", {
    cluster: { job: [{ name: JOB, tasks: Object.fromEntries(config.group.addresses.entries()) }] },
    job_name: JOB,
    task_index: config.group.rank,
    protocol: "grpc",
    default_session_config: sessionConfig(config),
  });

function encode(message: string, value: object): Uint8Array {
  const type = root.lookupType(message);
  return type.encode(type.fromObject(value)).finish();
}
