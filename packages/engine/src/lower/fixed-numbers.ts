import { endOf, valueEdges } from "../compile/edge.ts";
import type { Recording } from "../compile/record.ts";
import { recordedValue } from "../compile/recorded-edges.ts";
import { type KnownNumbers, knownNumbers } from "../shapes/known-numbers.ts";

/**
 * Tells the numbers of edges that do not depend on the step's inputs or state: constants, and what tfjs makes
 * of them on its way to a shape or an axis. An edge that depends on values has none.
 */
export function fixedNumbers(recording: Recording): (edge: string) => readonly number[] | undefined {
  const known = new Map<string, KnownNumbers>();
  const numbersOf = (edge: string): KnownNumbers => {
    const { node, output } = endOf(edge);
    return (output === 0 ? known.get(node) : undefined) ?? (() => undefined);
  };
  for (const node of recording.nodes) {
    const [first] = recording.produced.get(node.name) ?? [];
    if (first === undefined) continue;
    const edges = valueEdges(node.input);
    const inputShapes = edges.map((edge) => recordedValue(recording, edge).shape);
    const inputs = edges.map(numbersOf);
    known.set(node.name, knownNumbers({ node, inputs, inputShapes, shape: first.shape }));
  }
  return (edge) => numbersOf(edge)();
}
