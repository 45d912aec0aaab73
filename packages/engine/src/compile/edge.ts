/** Node and output of an edge, "node" or "node:output". */
export function endOf(edge: string): { readonly node: string; readonly output: number } {
  const [node, output = "0"] = edge.split(":");
  return { node: node!, output: Number(output) };
}
