import { endOf, isOrder } from "./edge.ts";
import type { Recording } from "./record.ts";

/**
 * Replaces edges of a recording.
 *
 * @param renamed new edges, "node" or "node:output", by the old ones; a new edge may be renamed in its turn.
 * Nodes that wait for a node whose first output is renamed ("^node") then wait for the new node.
 */
export function withRenamedEdges(recording: Recording, renamed: ReadonlyMap<string, string>): Recording {
  const last = (edge: string): string => {
    const next = renamed.get(edge);
    return next === undefined ? edge : last(next);
  };
  const rename = (edge: string): string => {
    if (!isOrder(edge)) return last(edge);
    const waitedFor = edge.slice(1);
    return renamed.has(waitedFor) ? `^${endOf(last(waitedFor)).node}` : edge;
  };
  return {
    ...recording,
    nodes: recording.nodes.map((node) => ({ ...node, input: node.input.map(rename) })),
    outputs: recording.outputs.map((output) => ({ ...output, edge: rename(output.edge) })),
    assigned: new Map(Array.from(recording.assigned, ([place, edge]) => [place, rename(edge)])),
  };
}
