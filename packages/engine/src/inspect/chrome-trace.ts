import type { RecordedValue } from "../compile/record.ts";
import type { TracedOp } from "./step-trace.ts";
import { billionsPerSecond } from "./trace-figures.ts";

/** An event of Chrome's trace format; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  /** "X": an event with the duration `dur`. "M": the name of a process or thread. */
  readonly ph: "X" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A file that chrome://tracing and https://ui.perfetto.dev open. */
export interface ChromeTrace {
  readonly displayTimeUnit: "ms";
  readonly traceEvents: readonly TraceEvent[];
}

/** A traced run for a trace viewer: a process for each device, a row for each lane, a bar for each op. */
export function chromeTrace(ops: readonly TracedOp[]): ChromeTrace {
  const devices = [...new Set(ops.map(({ device }) => device))];
  const names = devices.flatMap((device, pid): TraceEvent[] => {
    const lanes = new Set(ops.filter((op) => op.device === device).map(({ lane }) => lane));
    return [
      { name: "process_name", ph: "M", pid, tid: 0, args: { name: device } },
      ...[...lanes].map((lane): TraceEvent => ({
        name: "thread_name",
        ph: "M",
        pid,
        tid: lane,
        args: { name: `lane ${lane}` },
      })),
    ];
  });
  return {
    displayTimeUnit: "ms",
    traceEvents: [...names, ...ops.map((op) => bar(op, devices.indexOf(op.device)))],
  };
}

function bar({ recorded, ...op }: TracedOp, pid: number): TraceEvent {
  const { name, kernel, flops, milliseconds, waitedMilliseconds } = op;
  return {
    name: op.op,
    ph: "X",
    cat: recorded?.pass ?? "TensorFlow",
    pid,
    tid: op.lane,
    ts: op.startMilliseconds * 1000,
    dur: milliseconds * 1000,
    args: {
      node: name,
      op: op.op,
      kernel,
      waitedMilliseconds,
      ...(flops > 0 ? { gflopsPerSecond: billionsPerSecond(flops, milliseconds) } : {}),
      ...(recorded === undefined
        ? {}
        : {
            inputs: recorded.inputs.map(valueText),
            outputs: recorded.outputs.map(valueText),
            state: recorded.state,
            line: recorded.site ?? "",
          }),
    },
  };
}

/** "float32[128, 32, 32, 3]" */
export const valueText = ({ dtype, shape }: RecordedValue): string => `${dtype}[${shape.join(", ")}]`;
