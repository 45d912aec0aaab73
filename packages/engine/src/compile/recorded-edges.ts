import { endOf, statePlace } from "./edge.ts";
import type { RecordedValue, Recording } from "./record.ts";

/** Type and shape of the tensor that an edge passes. */
export function recordedValue({ produced }: Pick<Recording, "produced">, edge: string): RecordedValue {
  const { node, output } = endOf(edge);
  return produced.get(node)![output]!;
}

/** Places of the state variables whose old values a recording reads, lowest first. */
export function statesRead({ nodes, outputs, assigned }: Recording): number[] {
  const edges = [
    ...nodes.flatMap(({ input }) => input),
    ...outputs.map(({ edge }) => edge),
    ...assigned.values(),
  ];
  const places = edges.map(statePlace).filter((place) => place !== undefined);
  return [...new Set(places)].sort((a, b) => a - b);
}
