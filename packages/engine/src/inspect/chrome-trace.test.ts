import { expect, it } from "vitest";

import { chromeTrace } from "./chrome-trace.ts";
import type { TracedOp } from "./step-trace.ts";

const op: TracedOp = {
  name: "Conv2D_3",
  op: "Conv2D",
  kernel: "_MklNativeConv2D",
  oneDnn: true,
  device: "CPU:0",
  lane: 0,
  startMilliseconds: 1.5,
  milliseconds: 2,
  waitedMilliseconds: 0.25,
  flops: 4e6,
  bytes: 100,
  recorded: {
    node: "Conv2D_3",
    op: "Conv2D",
    pass: "forward",
    inputs: [{ dtype: "float32", shape: [2, 6, 6, 2] }],
    outputs: [{ dtype: "float32", shape: [2, 6, 6, 4] }],
    flops: 4e6,
    bytes: 100,
    site: "/net.ts:3:4",
    state: ["conv.weight"],
  },
};
const { recorded: _none, ...unrecorded } = op;

it("makes a process for each device, a row for each lane and a bar for each op, in microseconds", () => {
  const trace = chromeTrace([
    op,
    { ...unrecorded, name: "assign0", op: "AssignVariableOp", flops: 0, lane: 1 },
    { ...op, device: "GPU:0" },
  ]);
  const { traceEvents } = JSON.parse(JSON.stringify(trace)) as typeof trace;
  const names = traceEvents.filter(({ ph }) => ph === "M");
  expect(names.map(({ name, pid, tid, args }) => [name, pid, tid, args["name"]])).toEqual([
    ["process_name", 0, 0, "CPU:0"],
    ["thread_name", 0, 0, "lane 0"],
    ["thread_name", 0, 1, "lane 1"],
    ["process_name", 1, 0, "GPU:0"],
    ["thread_name", 1, 0, "lane 0"],
  ]);
  const [conv, assign, onGpu] = traceEvents.filter(({ ph }) => ph === "X");
  expect(conv).toEqual({
    name: "Conv2D",
    ph: "X",
    cat: "forward",
    pid: 0,
    tid: 0,
    ts: 1500,
    dur: 2000,
    args: {
      node: "Conv2D_3",
      op: "Conv2D",
      kernel: "_MklNativeConv2D",
      waitedMilliseconds: 0.25,
      gflopsPerSecond: 2,
      inputs: ["float32[2, 6, 6, 2]"],
      outputs: ["float32[2, 6, 6, 4]"],
      state: ["conv.weight"],
      line: "/net.ts:3:4",
    },
  });
  expect(assign).toMatchObject({ cat: "TensorFlow", tid: 1 });
  expect(assign!.args).toEqual({
    node: "assign0",
    op: "AssignVariableOp",
    kernel: "_MklNativeConv2D",
    waitedMilliseconds: 0.25,
  });
  expect(onGpu).toMatchObject({ pid: 1, tid: 0 });
});
