import { edgeName, endOf, isOrder, valueEdges } from "../compile/edge.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import type { Recording } from "../compile/record.ts";

/** Edges that ops read which must wait for a `computeFirst`, by the name of its node. */
export function whatWaits({ nodes }: Recording): ReadonlyMap<string, readonly string[]> {
  const waiting = new Map<string, string[]>();
  for (const { input } of nodes) {
    for (const control of input.filter(isOrder)) {
      const before = control.slice(1);
      waiting.set(before, [...(waiting.get(before) ?? []), ...valueEdges(input)]);
    }
  }
  return waiting;
}

/**
 * What passes through the barrier of a `computeFirst`: what must be computed before, and what those ops read
 * that must wait for it. Without the barrier XLA would interleave the parts of an accumulated step, and
 * accumulation would save no memory.
 */
export function behindBarrier(
  barrier: NodeMessage,
  waiting: readonly string[],
  { nodes, produced }: Recording,
  values: ReadonlyMap<string, unknown>,
): string[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  /** An edge as far as it is known by now; a cast to bfloat16 may stand between. */
  const known = (edge: string): string[] => {
    const { node, output } = endOf(edge);
    if (values.has(edgeName(node, output))) return [edgeName(node, output)];
    return (byName.get(node)?.input ?? []).flatMap(known);
  };
  const first = barrier.input.flatMap((control) => {
    const node = control.slice(1);
    return produced.get(node)!.map((_, output) => edgeName(node, output));
  });
  return [...new Set([...first.filter((edge) => values.has(edge)), ...waiting.flatMap(known)])];
}
