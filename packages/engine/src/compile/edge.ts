/** What an edge, "node" or "node:output", is taken from. */
export function endOf(edge: string): { readonly node: string; readonly output: number } {
  const [node, output = "0"] = edge.split(":");
  return { node: node!, output: Number(output) };
}
