/** Node and output of an edge, "node" or "node:output". */
export function endOf(edge: string): { readonly node: string; readonly output: number } {
  const [node, output = "0"] = edge.split(":");
  return { node: node!, output: Number(output) };
}

/** The edge of a node's output: "node" for the first one, "node:1" for the second. */
export const edgeName = (node: string, output: number): string => (output === 0 ? node : `${node}:${output}`);

/** Whether an edge only says what runs before ("^node"), and passes no value. */
export const isOrder = (edge: string): boolean => edge.startsWith("^");

/** The inputs of a node that pass a value. */
export const valueEdges = (input: readonly string[]): string[] => input.filter((edge) => !isOrder(edge));

/** The place of the state variable that an edge reads: 3 for "state3", undefined for another edge. */
export function statePlace(edge: string): number | undefined {
  const place = /^state(\d+)$/.exec(edge)?.[1];
  return place === undefined ? undefined : Number(place);
}
