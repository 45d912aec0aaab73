import { describe, expect, it } from "vitest";

import { decodeStepStats, fullTraceOptions } from "./trace-messages.ts";

/** Protocol buffers by hand: a field is its number and kind, then the value. */
const varint = (value: bigint): number[] =>
  value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
const whole = (field: number, value: bigint) => [...varint(BigInt(field << 3)), ...varint(value)];
const bytes = (field: number, content: readonly number[]) => [
  ...varint(BigInt((field << 3) | 2)),
  ...varint(BigInt(content.length)),
  ...content,
];
const text = (field: number, content: string) => bytes(field, [...Buffer.from(content)]);

describe("trace messages", () => {
  it("ask TensorFlow for trace level 3, FULL_TRACE", () => {
    expect([...fullTraceOptions()]).toEqual([0x08, 3]);
  });

  it("hold, by step_stats.proto's numbers, what ran", () => {
    // Nanoseconds that a double gives back: under vitest's conditions protobufjs does not find its own Long.
    const node = [
      ...text(1, "step/Add_3"),
      ...whole(2, 1_795_563_018_992_601n),
      ...whole(5, 12n),
      ...text(8, "step/Add_3 = Add(a, b)"),
      ...whole(9, 1_795_563_018_992_600n),
      ...whole(13, 1_795_563_018_992_601_600n),
      ...whole(15, 11_000n), // the end of the op itself, which is not read
      ...whole(16, 12_345n),
      ...whole(17, 1_795_563_018_992_600_000n),
    ];
    const metadata = bytes(1, bytes(1, [...text(1, "CPU:0"), ...bytes(2, node)]));
    expect(decodeStepStats(Uint8Array.from(metadata))).toEqual([
      {
        device: "CPU:0",
        node_stats: [
          {
            node_name: "step/Add_3",
            all_start_micros: "1795563018992601",
            all_end_rel_micros: "12",
            timeline_label: "step/Add_3 = Add(a, b)",
            scheduled_micros: "1795563018992600",
            all_start_nanos: "1795563018992601600",
            all_end_rel_nanos: "12345",
            scheduled_nanos: "1795563018992600000",
          },
        ],
      },
    ]);
  });

  it("may hold nothing", () => {
    expect(decodeStepStats(new Uint8Array())).toEqual([]);
  });
});
