import protobuf from "protobufjs";

/**
 * The part of TensorFlow's protocol buffers that describes what one run did:
 * tensorflow/core/framework/step_stats.proto and protobuf/config.proto. A field that is not declared here is
 * silently dropped.
 */
const DEFINITIONS = `
syntax = "proto3";
message RunOptions { int32 trace_level = 1; }
message NodeExecStats {
  string node_name = 1;
  int64 all_start_micros = 2;
  int64 all_end_rel_micros = 5;
  string timeline_label = 8;
  int64 scheduled_micros = 9;
  int64 all_start_nanos = 13;
  int64 all_end_rel_nanos = 16;
  int64 scheduled_nanos = 17;
}
message DeviceStepStats { string device = 1; repeated NodeExecStats node_stats = 2; }
message StepStats { repeated DeviceStepStats dev_stats = 1; }
message RunMetadata { StepStats step_stats = 1; }
`;

const { root } = protobuf.parse(DEFINITIONS, { keepCase: true });

/** An op that ran. 64-bit integers are text, because nanoseconds since 1970 do not fit into a double. */
export interface NodeStatsMessage {
  readonly node_name: string;
  /** Start, since 1970. Kernels of a GPU have only microseconds, and 0 here. */
  readonly all_start_nanos: string;
  readonly all_end_rel_nanos: string;
  /** Time at which its inputs were ready. */
  readonly scheduled_nanos: string;
  readonly all_start_micros: string;
  readonly all_end_rel_micros: string;
  readonly scheduled_micros: string;
  /**
   * "[mklcpu 0.5MB 0.5MB] g0/Conv2D_3 = _MklNativeConv2D(g0/in0, g0/state7)"; for a kernel of a GPU its name
   * and details.
   */
  readonly timeline_label: string;
}

export interface DeviceStatsMessage {
  /** "/job:localhost/replica:0/task:0/device:CPU:0", "/device:GPU:0/stream:all" */
  readonly device: string;
  readonly node_stats: readonly NodeStatsMessage[];
}

const FULL_TRACE = 3;

/** RunOptions that make TensorFlow record the time of each op. */
export const fullTraceOptions = (): Uint8Array =>
  root.lookupType("RunOptions").encode({ trace_level: FULL_TRACE }).finish();

/** The ops by device, from an encoded RunMetadata. */
export function decodeStepStats(metadata: Uint8Array): readonly DeviceStatsMessage[] {
  const type = root.lookupType("RunMetadata");
  const { step_stats } = type.toObject(type.decode(metadata), {
    longs: String,
    defaults: true,
  }) as { step_stats: { dev_stats: DeviceStatsMessage[] } | null };
  return step_stats?.dev_stats ?? [];
}
