import type { NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";

/** The readers of the edges of a recording. */
export interface EdgeReaders {
  /**
   * The nodes that read an edge, once for each of their inputs; "result" if it is a result of the step or
   * assigned.
   */
  of(edge: string): readonly (NodeMessage | "result")[];
  /** The node that reads a node's first output, if nothing else reads it or waits for the node. */
  sole(node: NodeMessage): NodeMessage | undefined;
}

export function edgeReaders({ nodes, outputs, assigned }: Recording): EdgeReaders {
  const readers = new Map<string, (NodeMessage | "result")[]>();
  const add = (edge: string, reader: NodeMessage | "result") => {
    const known = readers.get(edge);
    if (known === undefined) readers.set(edge, [reader]);
    else known.push(reader);
  };
  for (const node of nodes) for (const edge of node.input) add(edge, node);
  for (const { edge } of outputs) add(edge, "result");
  for (const edge of assigned.values()) add(edge, "result");

  const of = (edge: string) => readers.get(edge) ?? [];
  return {
    of,
    sole({ name }) {
      const [reader, ...others] = [...of(name), ...of(`^${name}`)];
      return others.length > 0 || reader === "result" ? undefined : reader;
    },
  };
}
