import { isOrder } from "./edge.ts";
import type { NodeMessage } from "./graph-messages.ts";
import { groupedBatchNorms } from "./grouped-batch-norms.ts";
import type { RecordedValue, Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";
import { withRenamedEdges } from "./rename-edges.ts";

/**
 * The attribute of a batch norm whose rows are so many groups, each with statistics of its own. Its vectors
 * of statistics are `[groups, C]`.
 */
export const GROUPS = "_groups";

/**
 * Joins a layer's batch norms of groups of rows into one op over all rows, and their gradients likewise. A
 * program with ops of its own for each group takes XLA several times as long to compile.
 *
 *     SplitV -> FusedBatchNormV3 of each group -> ConcatV2       ->  FusedBatchNormV3 with `GROUPS`
 *     Pack of the groups' running means, variances               ->  its results 1 and 2, [groups, C]
 *     SplitV -> FusedBatchNormGradV3 of each group -> ConcatV2   ->  FusedBatchNormGradV3 with `GROUPS`
 *     Add of each group's gradients of gamma, of beta            ->  its results 1 and 2, [C]
 *
 * For lowering alone: TensorFlow has no such op. Results differ by rounding, because the gradients of gamma
 * and beta are summed in another order.
 */
export function withJoinedBatchNorms(recording: Recording): Recording {
  const places = new Map(recording.nodes.map(({ name }, place) => [name, place]));
  const produced = new Map(recording.produced);
  const renamed = new Map<string, string>();
  const inPlaceOf = new Map<string, readonly NodeMessage[]>();
  const drop = (node: NodeMessage, by: string): void => {
    inPlaceOf.set(node.name, []);
    renamed.set(node.name, by);
  };
  /** Puts one op in place of all: the first that is computed. It waits for what the split waited for. */
  const join = (ops: readonly NodeMessage[], input: readonly string[], split: NodeMessage): string => {
    const first = ops.reduce((a, b) => (places.get(b.name)! < places.get(a.name)! ? b : a));
    for (const op of ops) if (op !== first) drop(op, first.name);
    const attr = { ...first.attr, [GROUPS]: { i: ops.length } };
    const order = split.input.filter(isOrder);
    inPlaceOf.set(first.name, [{ ...first, input: [...input, ...order], attr }]);
    return first.name;
  };
  /** Adds a joined gradient to what came before, in place of the sums that added each group's. */
  const joinSums = (sums: readonly NodeMessage[], isOfGroup: (edge: string) => boolean, joined: string) => {
    const [first, ...others] = sums;
    const before = first?.input.find((edge) => !isOfGroup(edge));
    if (before === undefined) {
      for (const sum of sums) drop(sum, joined);
      return;
    }
    inPlaceOf.set(first!.name, [{ ...first!, input: [before, joined] }]);
    for (const sum of others) drop(sum, first!.name);
  };

  for (const { whole, split, ops, concat, stacks, gradients } of groupedBatchNorms(recording)) {
    const { shape } = recordedValue(recording, whole);
    const [, ...state] = ops[0]!.input;
    const joined = join(ops, [whole, ...state], split);
    drop(split, whole);
    drop(concat, joined);
    for (const [i, stack] of stacks.entries()) if (stack !== undefined) drop(stack, `${joined}:${i + 1}`);
    const [y, ...kept] = produced.get(joined)!;
    const statistics = kept.slice(0, 4).map(({ dtype, shape: [channels] }): RecordedValue => {
      return { dtype, shape: [ops.length, channels!] };
    });
    produced.set(joined, [{ ...y!, shape }, ...statistics, ...kept.slice(4)]);

    if (gradients === undefined) continue;
    const saved = [3, 4, 5].map((output) => `${joined}:${output}`);
    const gradient = join(gradients.ops, [gradients.whole, whole, state[0]!, ...saved], gradients.split);
    drop(gradients.split, gradients.whole);
    drop(gradients.concat, gradient);
    const [dx, ...vectors] = produced.get(gradient)!;
    produced.set(gradient, [{ ...dx!, shape }, ...vectors]);
    for (const [i, sums] of gradients.sums.entries()) {
      const ofGroups = new Set(gradients.ops.map(({ name }) => `${name}:${i + 1}`));
      joinSums(sums, (edge) => ofGroups.has(edge), `${gradient}:${i + 1}`);
    }
  }
  if (inPlaceOf.size === 0) return recording;
  const nodes = recording.nodes.flatMap((node) => inPlaceOf.get(node.name) ?? [node]);
  return withRenamedEdges({ ...recording, nodes, produced }, renamed);
}
