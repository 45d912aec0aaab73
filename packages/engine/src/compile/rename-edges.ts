import { endOf, isOrder } from "./edge.ts";
import type { Recording } from "./record.ts";

/**
 * Replaces edges of a recording.
 *
 * @param renamed new edges, "node" or "node:output", by the old ones. Nodes that wait for a node whose first
 * output is renamed ("^node") then wait for the new node.
 */
export function withRenamedEdges(recording: Recording, renamed: ReadonlyMap<string, string>): Recording {
  const rename = (edge: string): string => {
    if (!isOrder(edge)) return renamed.get(edge) ?? edge;
    const other = renamed.get(edge.slice(1));
    return other === undefined ? edge : `^${endOf(other).node}`;
  };
  return {
    ...recording,
    nodes: recording.nodes.map((node) => ({ ...node, input: node.input.map(rename) })),
    outputs: recording.outputs.map((output) => ({ ...output, edge: rename(output.edge) })),
    assigned: new Map(Array.from(recording.assigned, ([place, edge]) => [place, rename(edge)])),
  };
}
