import { endOf } from "../compile/edge.ts";
import type { RecordedValue, Recording } from "../compile/record.ts";
import { bytesMoved } from "./bytes-moved.ts";
import { flopsOf } from "./flops.ts";

/** "forward": before and beside the gradients. "gradient": what differentiating adds. "update": everything after the last gradient. */
export type Pass = "forward" | "gradient" | "update";

/** What is known of a recorded op without running it. */
export interface NodeFigures {
  readonly node: string;
  readonly op: string;
  readonly pass: Pass;
  readonly inputs: readonly RecordedValue[];
  readonly outputs: readonly RecordedValue[];
  readonly flops: number;
  /** Read and written. */
  readonly bytes: number;
  /** The line of the user's code that made it, or the op whose gradient it is. */
  readonly site?: string;
  /** The state that it, or the op whose gradient it is, reads: which layer this is. */
  readonly state: readonly string[];
}

/**
 * Figures of every op of a recording, in its order.
 *
 * @param stateNames in the order in which the recording knows them as state0, state1, …
 */
export function nodeFigures(recording: Recording, stateNames: readonly string[]): NodeFigures[] {
  const { nodes, produced, sites, gradientOf } = recording;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const last = nodes.findLastIndex(({ name }) => gradientOf.has(name));
  const valueOf = (edge: string): RecordedValue => {
    const { node, output } = endOf(edge);
    return produced.get(node)![output]!;
  };
  return nodes.map((node, place) => {
    const { name, op } = node;
    // "^node" only says what runs before.
    const inputs = node.input.filter((edge) => !edge.startsWith("^")).map(valueOf);
    const outputs = produced.get(name) ?? [];
    const site = sites.get(name)?.();
    const forward = byName.get(gradientOf.get(name) ?? "");
    return {
      node: name,
      op,
      pass: gradientOf.has(name) ? "gradient" : last >= 0 && place > last ? "update" : "forward",
      inputs,
      outputs,
      flops: outputs.length === 0 ? 0 : flopsOf(node, inputs, outputs[0]!),
      bytes: bytesMoved(op, inputs, outputs),
      ...(site === undefined ? {} : { site }),
      state: [...new Set([...node.input, ...(forward?.input ?? [])].flatMap((edge) => stateOf(edge)))].map(
        (state) => stateNames[state]!,
      ),
    };
  });
}

/** The place of the state that an edge reads. */
export function stateOf(edge: string): readonly number[] {
  const place = /^state(\d+)$/.exec(edge)?.[1];
  return place === undefined ? [] : [Number(place)];
}
