import protobuf from "protobufjs";

/** The part of XLA's xla/pjrt/proto/compile_options.proto that is used here. */
const DEFINITIONS = `
syntax = "proto3";
message Override { oneof value { string text = 1; bool flag = 2; int64 integer = 3; double number = 4; } }
message BuildOptions { int64 device_ordinal = 1; int64 num_replicas = 4; int64 num_partitions = 5; }
message CompileOptions {
  BuildOptions build = 3;
  map<string, Override> overrides = 7;
}
`;
const message = protobuf.parse(DEFINITIONS, { keepCase: true }).root.lookupType("CompileOptions");

/** XLA's flags by name, without the dashes: `{ xla_gpu_autotune_level: 0 }`. */
export type XlaFlags = Readonly<Record<string, string | number | boolean>>;

export interface CompileOptions {
  /** Devices that run the program at the same time, each on arguments of its own. Default 1. */
  readonly replicas?: number;
  readonly flags?: XlaFlags;
  /** Flags that name files, on which the program does not depend. */
  readonly files?: XlaFlags;
}

/** The device of a program is chosen when it runs. */
const ANY_DEVICE = -1;

export function encodeCompileOptions({ replicas = 1, flags = {}, files = {} }: CompileOptions): Uint8Array {
  const overrides = Object.fromEntries(
    Object.entries({ ...flags, ...files }).map(([name, value]) => [name, override(value)]),
  );
  const build = { device_ordinal: ANY_DEVICE, num_replicas: replicas, num_partitions: 1 };
  return message.encode(message.fromObject({ build, overrides })).finish();
}

function override(value: string | number | boolean): object {
  if (typeof value === "string") return { text: value };
  if (typeof value === "boolean") return { flag: value };
  return Number.isInteger(value) ? { integer: value } : { number: value };
}
