import { endOf } from "./edge.ts";
import type { Recording } from "./record.ts";

/**
 * The same recording with edges taken from elsewhere.
 *
 * @param renamed by the name of a node with one output: the edge that takes its place, "node" or "node:output". What waits for the node
 * ("^node") waits for the other.
 */
export function withRenamedEdges(recording: Recording, renamed: ReadonlyMap<string, string>): Recording {
  const rename = (edge: string): string => {
    if (!edge.startsWith("^")) return renamed.get(edge) ?? edge;
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
