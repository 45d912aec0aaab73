import { edgeName, endOf, isOrder, valueEdges } from "../compile/edge.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import type { Recording } from "../compile/record.ts";
import type { StepProgram } from "./step-program.ts";

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
 * Writes a `computeFirst`: what must be computed before, and what those ops read that must wait for it,
 * passes through a barrier. Without it XLA would interleave the parts of an accumulated step, and
 * accumulation would save no memory.
 */
export function writeBarrier(node: NodeMessage, waiting: readonly string[], program: StepProgram): void {
  const behind = behindBarrier(node, waiting, program);
  const values = program.emit.barrier(behind.map(program.valueOf));
  for (const [i, edge] of behind.entries()) program.setValue(edge, values[i]!);
}

/** The edges that pass through the barrier, as far as they are known by now. */
function behindBarrier(
  barrier: NodeMessage,
  waiting: readonly string[],
  { recording, knows }: StepProgram,
): string[] {
  const byName = new Map(recording.nodes.map((node) => [node.name, node]));
  /** A cast to bfloat16 may stand between an op that waits and what is known. */
  const known = (edge: string): string[] =>
    knows(edge) ? [edge] : (byName.get(endOf(edge).node)?.input ?? []).flatMap(known);
  const first = barrier.input.flatMap((control) => {
    const node = control.slice(1);
    return recording.produced.get(node)!.map((_, output) => edgeName(node, output));
  });
  return [...new Set([...first.filter(knows), ...waiting.flatMap(known)])];
}
