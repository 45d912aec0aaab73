import type { NodeMessage } from "@tssl/engine";

/** The node of an edge "node" or "node:output". */
export const nodeOf = (edge: string): string => edge.replace(/:\d+$/, "");

/** The place of an edge among its node's results. */
export const outputOf = (edge: string): number => Number(/:(\d+)$/.exec(edge)?.[1] ?? 0);

/** The nodes that lead to a result. */
export function leadingTo(nodes: readonly NodeMessage[], output: string): readonly NodeMessage[] {
  const found = namesLeadingTo(nodes, output);
  return nodes.filter(({ name }) => found.has(name));
}

/** Names of all nodes that a result depends on, placeholders too. */
export function namesLeadingTo(nodes: readonly NodeMessage[], output: string): ReadonlySet<string> {
  const found = new Set([nodeOf(output)]);
  for (const { name, input } of [...nodes].reverse()) {
    if (found.has(name)) for (const edge of input) found.add(nodeOf(edge));
  }
  return found;
}

/**
 * The only node that uses an edge; undefined where several do, or none.
 *
 * @param output the graph's result counts as a use of it.
 */
export function onlyUsers(
  nodes: readonly NodeMessage[],
  output: string,
): (edge: string) => NodeMessage | undefined {
  const users = new Map<string, NodeMessage[]>();
  for (const node of nodes) {
    for (const edge of node.input) users.set(edge, [...(users.get(edge) ?? []), node]);
  }
  return (edge) => {
    const all = users.get(edge) ?? [];
    return all.length === 1 && edge !== output ? all[0] : undefined;
  };
}

/** A text attribute, such as "VALID"; "" where there is none. */
export const textOf = (node: NodeMessage, attribute: string): string =>
  Buffer.from(node.attr[attribute]?.s ?? []).toString();

/** A list of whole numbers, such as strides; undefined where there is none. */
export const intsOf = (node: NodeMessage, attribute: string): readonly number[] | undefined =>
  node.attr[attribute]?.list?.i?.map(Number);
