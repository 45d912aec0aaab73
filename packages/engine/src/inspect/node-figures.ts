import { statePlace, valueEdges } from "../compile/edge.ts";
import type { RecordedValue, Recording } from "../compile/record.ts";
import { recordedValue } from "../compile/recorded-edges.ts";
import { bytesMoved } from "./bytes-moved.ts";
import { flopsOf } from "./flops.ts";

/**
 * "gradient": ops that differentiation adds. "update": ops after the last gradient. "forward": all others.
 */
export type Pass = "forward" | "gradient" | "update";

/** Figures of a recorded op that are known without running it. */
export interface NodeFigures {
  readonly node: string;
  readonly op: string;
  readonly pass: Pass;
  readonly inputs: readonly RecordedValue[];
  readonly outputs: readonly RecordedValue[];
  readonly flops: number;
  /** Bytes read and written. */
  readonly bytes: number;
  /** Line of the user's code that made the op, or the op whose gradient it is. */
  readonly site?: string;
  /** State that the op, or the op whose gradient it is, reads; it identifies the layer. */
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
  return nodes.map((node, place) => {
    const { name, op } = node;
    const inputs = valueEdges(node.input).map((edge) => recordedValue(recording, edge));
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
      state: [...new Set([...node.input, ...(forward?.input ?? [])].map(statePlace))]
        .filter((place) => place !== undefined)
        .map((place) => stateNames[place]!),
    };
  });
}
