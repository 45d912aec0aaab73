import { describe, expect, it } from "vitest";

import type { NodeFigures } from "./node-figures.ts";
import { stepTrace } from "./step-trace.ts";
import { billionsPerSecond, lineCosts, overlapOf, passCosts, typeCosts } from "./trace-figures.ts";
import type { DeviceStatsMessage, NodeStatsMessage } from "./trace-messages.ts";

const CPU = "/job:localhost/replica:0/task:0/device:CPU:0";

/** Times in nanoseconds after a moment that no double holds to the nanosecond. */
const ran = (label: string, start: number, length: number, ready = start): NodeStatsMessage => ({
  node_name: label.split(" = ")[0]!,
  all_start_nanos: String(1_795_563_018_992_601_601n + BigInt(start)),
  all_end_rel_nanos: String(length),
  scheduled_nanos: String(1_795_563_018_992_601_601n + BigInt(ready)),
  all_start_micros: "1795563018992601",
  all_end_rel_micros: String(Math.floor(length / 1000)),
  scheduled_micros: "1795563018992601",
  timeline_label: label,
});

const figures = (node: string, op: string, flops: number): NodeFigures => ({
  node,
  op,
  pass: "forward",
  inputs: [],
  outputs: [],
  flops,
  bytes: flops / 8,
  site: `/net.ts:${node.split("_")[1]}:9`,
  state: [],
});

const recorded = [figures("Conv2D_3", "Conv2D", 4e6), figures("Add_7", "Add", 0)];
const cpu = (...node_stats: NodeStatsMessage[]): DeviceStatsMessage => ({ device: CPU, node_stats });

describe("stepTrace", () => {
  it("joins each op that ran with the one that was recorded", () => {
    const [conv, sum, result] = stepTrace(
      [
        cpu(
          ran("[mklcpu 0.5MB 0.5MB] step/Conv2D_3 = _MklNativeConv2D(step/in0, step/state7)", 0, 2_000_000),
          ran("step/ArithmeticOptimizer/AddOpsRewrite_Add_7 = AddN(a, b)", 2_000_001, 500_000, 1_000_001),
          ran("_retval_step/Conv2D_3_0_0 = _Retval(step/Conv2D_3)", 2_500_001, 1_000),
        ),
      ].map(({ device, node_stats }) => ({
        device,
        node_stats: node_stats.map((m) => ({ ...m, node_name: m.node_name.replace(/^\[.*\] /, "") })),
      })),
      recorded,
      "step/",
    );
    expect(conv).toMatchObject({
      name: "Conv2D_3",
      op: "Conv2D",
      kernel: "_MklNativeConv2D",
      oneDnn: true,
      startMilliseconds: 0,
      milliseconds: 2,
      waitedMilliseconds: 0,
      flops: 4e6,
      recorded: recorded[0],
    });
    expect(sum).toMatchObject({ op: "AddN", oneDnn: false, flops: 0, recorded: recorded[1] });
    expect(sum!.startMilliseconds).toBe(2.000001);
    expect(sum!.waitedMilliseconds).toBe(1);
    // A returned value is named after the op that made it, and is none of its own.
    expect(result).toMatchObject({ op: "_Retval", flops: 0 });
    expect(result!.recorded).toBeUndefined();
  });

  it("puts ops that ran at the same time on lanes of their own", () => {
    const ops = stepTrace(
      [cpu(ran("a = A()", 0, 10), ran("c = C()", 10, 5), ran("b = B()", 5, 10), ran("d = D()", 15, 1))],
      [],
      "step/",
    );
    expect(ops.map(({ name, lane }) => [name, lane])).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 0],
      ["d", 0],
    ]);
  });

  it("takes a GPU's kernels, once, by the names of their ops; they have microseconds only", () => {
    const kernel: NodeStatsMessage = {
      ...ran("", 0, 0),
      node_name: "step/Conv2D_3:Conv2D",
      all_start_nanos: "0",
      all_end_rel_nanos: "0",
      scheduled_nanos: "0",
      scheduled_micros: "0",
      all_end_rel_micros: "40",
      timeline_label: "implicit_gemm regs:128 grid:4,1,1",
    };
    const ops = stepTrace(
      [
        { device: "/device:GPU:0/stream:14", node_stats: [kernel] },
        { device: "/device:GPU:0/stream:all", node_stats: [kernel] },
        { device: "/device:GPU:0/sync", node_stats: [{ ...kernel, node_name: "cuStreamSynchronize" }] },
      ],
      recorded,
      "step/",
    );
    expect(ops).toHaveLength(1);
    expect(ops[0]).toMatchObject({
      device: "/device:GPU:0/stream:all",
      name: "Conv2D_3",
      op: "Conv2D",
      kernel: "implicit_gemm",
      milliseconds: 0.04,
      waitedMilliseconds: 0,
      flops: 4e6,
    });
  });
});

describe("figures of a trace", () => {
  const ops = stepTrace(
    [
      cpu(
        ran("step/Conv2D_3 = _MklNativeConv2D()", 0, 2_000_000),
        ran("step/Conv2D_4 = Conv2D()", 1_000_000, 2_000_000),
        ran("step/Add_7 = Add()", 4_000_000, 1_000_000),
      ),
    ],
    [...recorded, figures("Conv2D_4", "Conv2D", 1e6)],
    "step/",
  );

  /** Of one op, in a trace of 5 ms; the figures above have a byte for each 8 FLOPs. */
  const cost = (milliseconds: number, gflops: number) => ({
    calls: 1,
    milliseconds,
    share: milliseconds / 5,
    gflopsPerSecond: gflops,
    gigabytesPerSecond: gflops / 8,
  });

  it("sums time and FLOPs by type, costliest first, oneDNN's apart from TensorFlow's own", () => {
    expect(typeCosts(ops)).toEqual([
      { op: "Conv2D", oneDnn: true, ...cost(2, 2) },
      { op: "Conv2D", oneDnn: false, ...cost(2, 0.5) },
      { op: "Add", oneDnn: false, ...cost(1, 0) },
    ]);
    expect(billionsPerSecond(5, 0)).toBe(0);
  });

  it("sums by pass", () => {
    const reads = stepTrace([cpu(ran("step/state0 = ReadVariableOp()", 0, 5_000_000))], [], "step/");
    const passes = passCosts([...reads, ...ops]);
    expect(passes.map(({ pass, calls, share }) => [pass, calls, share])).toEqual([
      ["forward", 3, 0.5],
      ["other", 1, 0.5],
    ]);
  });

  it("sums by the line that made them, and leaves out what no line is known of", () => {
    const reads = stepTrace([cpu(ran("step/state0 = ReadVariableOp()", 0, 5_000_000))], [], "step/");
    const lines = lineCosts([...ops, ...reads]);
    expect(lines.map(({ line, share }) => [line, share])).toEqual([
      ["/net.ts:3", 0.2],
      ["/net.ts:4", 0.2],
      ["/net.ts:7", 0.1],
    ]);
  });

  it("says how much of the time no op ran, one, and several", () => {
    expect(overlapOf(ops)).toEqual({ span: 5, busy: 5, none: 1, one: 3, several: 1 });
    expect(overlapOf([])).toEqual({ span: 0, busy: 0, none: 0, one: 0, several: 0 });
  });
});
