import { laneAssigner } from "./lanes.ts";
import type { NodeFigures } from "./node-figures.ts";
import type { DeviceStatsMessage, NodeStatsMessage } from "./trace-messages.ts";

/** An op of the traced run. */
export interface TracedOp {
  /** Name in the graph that TensorFlow made from the recorded one. */
  readonly name: string;
  /** Type, without the prefix of the library that computes it. */
  readonly op: string;
  /** Name of the kernel: "_MklNativeConv2D". */
  readonly kernel: string;
  readonly oneDnn: boolean;
  readonly device: string;
  /** Lane from 0, for each device; ops that ran at the same time are on different lanes. */
  readonly lane: number;
  /** Start in milliseconds after the start of the first op. */
  readonly startMilliseconds: number;
  readonly milliseconds: number;
  /** Milliseconds from when its inputs were ready until a thread started it. */
  readonly waitedMilliseconds: number;
  /** Floating-point operations; 0 if unknown, and for ops other than convolutions and matrix products. */
  readonly flops: number;
  /** Bytes read and written by the recorded op. */
  readonly bytes: number;
  /** The recorded op that it comes from, if there is one. */
  readonly recorded?: NodeFigures;
}

/**
 * Joins TensorFlow's trace of one run with the recorded ops.
 *
 * On a GPU the kernels are counted; the ops of the device itself only show when they were launched.
 *
 * @param prefix of the recorded nodes' names in the graph that ran.
 * @returns every op that ran, by start.
 */
export function stepTrace(
  devices: readonly DeviceStatsMessage[],
  figures: readonly NodeFigures[],
  prefix: string,
): TracedOp[] {
  const byNode = new Map(figures.map((each) => [each.node, each]));
  const counted = devices.filter(({ device }) => !/\/(stream:(?!all$)|sync$)/.test(device));
  const starts = counted.flatMap(({ node_stats }) => node_stats.map(startOf));
  const first = starts.reduce((least, start) => (start < least ? start : least), starts[0] ?? 0n);

  return counted
    .flatMap(({ device, node_stats }) => {
      const laneFor = laneAssigner();
      return node_stats
        .map((message) => ({ message, start: Number(startOf(message) - first) }))
        .sort((a, b) => a.start - b.start)
        .map(({ message, start }): TracedOp => {
          const length = Number(lengthOf(message));
          const { name, kernel, op } = partsOf(message, device, prefix);
          const recorded = NOT_AN_OP.has(op) ? undefined : recordedAs(name, byNode);
          return {
            name,
            op,
            kernel,
            oneDnn: kernel.startsWith("_Mkl"),
            device,
            lane: laneFor(start, length),
            startMilliseconds: start / 1e6,
            milliseconds: length / 1e6,
            waitedMilliseconds: Number(waitedOf(message)) / 1e6,
            flops: recorded?.op === op ? recorded.flops : 0,
            bytes: recorded?.bytes ?? 0,
            ...(recorded === undefined ? {} : { recorded }),
          };
        });
    })
    .sort((a, b) => a.startMilliseconds - b.startMilliseconds);
}

const nanoseconds = (nanos: string, micros: string): bigint =>
  nanos === "0" ? BigInt(micros) * 1000n : BigInt(nanos);
const startOf = (m: NodeStatsMessage) => nanoseconds(m.all_start_nanos, m.all_start_micros);
const lengthOf = (m: NodeStatsMessage) => nanoseconds(m.all_end_rel_nanos, m.all_end_rel_micros);
/** Waiting time in nanoseconds; 0 if it was not recorded. */
function waitedOf(m: NodeStatsMessage): bigint {
  const scheduled = nanoseconds(m.scheduled_nanos, m.scheduled_micros);
  return scheduled === 0n ? 0n : startOf(m) - scheduled;
}

/** Nodes that TensorFlow adds around the graph; their names contain those of real ones. */
const NOT_AN_OP = new Set(["_Arg", "_Retval", "Const", "NoOp"]);

function partsOf(
  { node_name, timeline_label }: NodeStatsMessage,
  device: string,
  prefix: string,
): { name: string; kernel: string; op: string } {
  const [whole, opOfKernel] = node_name.split(":");
  const name = whole!.startsWith(prefix) ? whole!.slice(prefix.length) : whole!;
  if (device.includes("/stream:") || device.endsWith("/memcpy")) {
    const kernel = timeline_label.split(" ")[0]!;
    return { name, kernel, op: opOfKernel ?? kernel };
  }
  const kernel = / = (\w+)\(/.exec(timeline_label)?.[1] ?? "unknown";
  return { name, kernel, op: kernel.replace(/^_Mkl(Native)?/, "") };
}

/** The recorded op of a traced node: TensorFlow's rewrites keep the old name as a part of the new one. */
function recordedAs(name: string, byNode: ReadonlyMap<string, NodeFigures>): NodeFigures | undefined {
  const found = byNode.get(name);
  if (found !== undefined) return found;
  const inside = name.match(/[A-Za-z0-9]+_\d+/g)?.find((part) => byNode.has(part));
  return inside === undefined ? undefined : byNode.get(inside);
}
