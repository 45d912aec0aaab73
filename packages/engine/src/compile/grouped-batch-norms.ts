import { isDeepStrictEqual } from "node:util";

import { OVER_REPLICAS } from "../lower/over-replicas.ts";
import { sameShape } from "../shapes/shape.ts";
import { edgeReaders } from "./edge-readers.ts";
import { edgeName, endOf, isOrder, valueEdges } from "./edge.ts";
import type { NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";

/** Ops of one kind, one for each group of rows, and what takes their rows apart and puts them together. */
export interface GroupedOps {
  /** The rows of all groups. */
  readonly whole: string;
  readonly split: NodeMessage;
  /** In the order of their rows. */
  readonly ops: readonly NodeMessage[];
  readonly concat: NodeMessage;
}

/** A layer's batch norms in training, one for each group of rows. */
export interface GroupedBatchNorms extends GroupedOps {
  /** Stacks of the running means and of the running variances; none where nobody reads them. */
  readonly stacks: readonly (NodeMessage | undefined)[];
  readonly gradients: GroupedGradients | undefined;
}

export interface GroupedGradients extends GroupedOps {
  /**
   * The sums that add the groups' gradients of gamma, and those of beta, to what came before: each takes the
   * sum before it and the gradient of one group.
   */
  readonly sums: readonly (readonly NodeMessage[])[];
}

/**
 * The batch norms of groups of rows in a recording. None of a layer where another node reads a group's rows
 * or statistics, or where a node in between waits for a `computeFirst`.
 */
export function groupedBatchNorms(recording: Recording): readonly GroupedBatchNorms[] {
  const readers = edgeReaders(recording);
  const byName = new Map(recording.nodes.map((node) => [node.name, node]));
  const places = new Map(recording.nodes.map(({ name }, place) => [name, place]));
  const shapeAt = (edge: string) => recordedValue(recording, edge).shape;
  const parts = ({ name }: NodeMessage) =>
    recording.produced.get(name)!.map((_, output) => edgeName(name, output));

  /** The node that alone reads these edges, in this order, before anything else; undefined if there is none. */
  const joining = (op: string, edges: readonly string[]): NodeMessage | undefined => {
    const [node, ...others] = new Set(edges.flatMap((edge) => readers.of(edge)));
    if (node === undefined || node === "result" || node.op !== op || others.length > 0) return undefined;
    const isJoining = isDeepStrictEqual(node.input.slice(0, edges.length), edges);
    return isJoining && !node.input.some(isOrder) ? node : undefined;
  };

  /** Ops that each read one part of a split, of as many rows, where these are put together again. */
  const between = (split: NodeMessage, ops: readonly NodeMessage[]): GroupedOps | undefined => {
    const [whole] = split.input;
    const isOrdered = [split, ...ops].some(({ name }) => readers.of(`^${name}`).length > 0);
    const waits = ops.some(({ input }) => input.some(isOrder));
    const concat = joining("ConcatV2", ops.map(({ name }) => name)); // prettier-ignore
    if (isOrdered || waits || concat === undefined || whole === undefined) return undefined;
    const [rows, ...others] = shapeAt(whole);
    const isByRows = parts(split).every((part) => sameShape(shapeAt(part), [rows! / ops.length, ...others]));
    const isWhole = sameShape(shapeAt(concat.name), shapeAt(whole));
    return isByRows && isWhole ? { whole, split, ops, concat } : undefined;
  };

  /** The sums of one gradient of each group, in the order in which they are computed. */
  const sumsOf = (edges: readonly string[]): readonly NodeMessage[] | undefined => {
    const reading = edges.map((edge) => readers.of(edge));
    if (reading.every((each) => each.length === 0)) return [];
    if (reading.some((each) => each.length !== 1 || !isPlainSum(each[0]!))) return undefined;
    const sums = [...new Set(reading.flat() as NodeMessage[])].sort(
      (a, b) => places.get(a.name)! - places.get(b.name)!,
    );
    const isChain = sums.every((sum, i) => i === sums.length - 1 || readers.sole(sum) === sums[i + 1]);
    return isChain ? sums : undefined;
  };

  const gradientsOf = (
    split: NodeMessage,
    norms: readonly NodeMessage[],
  ): GroupedGradients | "none" | undefined => {
    const reading = norms.map(({ name }) => [
      ...new Set([3, 4, 5].flatMap((output) => readers.of(`${name}:${output}`))),
    ]);
    const ofParts = parts(split).map((part, i) => readers.of(part).filter((reader) => reader !== norms[i]));
    if ([...reading, ...ofParts].every((each) => each.length === 0)) return "none";
    if (!isDeepStrictEqual(reading, ofParts) || reading.some((each) => each.length !== 1)) return undefined;
    const ops = reading.flat();
    const areOurs = ops.every((node, i) => {
      if (node === "result" || node.op !== "FusedBatchNormGradV3") return false;
      const { name, input } = norms[i]!;
      const saved = [3, 4, 5].map((output) => `${name}:${output}`);
      const given = [input[0], input[1], ...saved];
      const isKept = [3, 4].every((output) => readers.of(`${node.name}:${output}`).length === 0);
      return isKept && isDeepStrictEqual(valueEdges(node.input).slice(1), given);
    });
    if (!areOurs) return undefined;
    const gradients = ops as readonly NodeMessage[];
    const before = byName.get(endOf(gradients[0]!.input[0]!).node);
    if (before === undefined || !readsParts(before, gradients)) return undefined;
    const around = between(before, gradients);
    const sums = [1, 2].map((output) => sumsOf(gradients.map(({ name }) => `${name}:${output}`)));
    if (around === undefined || !areDefined(sums)) return undefined;
    return { ...around, sums };
  };

  /** Whether these nodes, and no others, each read the next part of a split as their first input. */
  const readsParts = (split: NodeMessage, nodes: readonly NodeMessage[]): boolean =>
    split.op === "SplitV" &&
    isDeepStrictEqual(nodes.map(({ input }) => input[0]), parts(split)) &&
    parts(split).every((part) => readers.of(part).length === 1); // prettier-ignore

  const normsAfter = (split: NodeMessage): readonly NodeMessage[] | undefined => {
    if (split.op !== "SplitV") return undefined;
    const norms = parts(split).map((part) => readers.of(part).find(isBatchNorm));
    if (!areDefined(norms)) return undefined;
    const [first, ...others] = norms;
    const isSame = ({ input, attr }: NodeMessage) =>
      isDeepStrictEqual([valueEdges(input).slice(1), attr], [valueEdges(first!.input).slice(1), first!.attr]);
    return others.length > 0 && others.every(isSame) ? norms : undefined;
  };

  const layerAfter = (split: NodeMessage): GroupedBatchNorms | undefined => {
    const norms = normsAfter(split);
    const around = norms === undefined ? undefined : between(split, norms);
    const gradients = norms === undefined ? undefined : gradientsOf(split, norms);
    if (norms === undefined || around === undefined || gradients === undefined) return undefined;
    const statistics = [1, 2].map((output) => norms.map(({ name }) => `${name}:${output}`));
    const stacks = statistics.map((edges) => joining("Pack", edges));
    const areOurs = statistics.every(
      (edges, i) => stacks[i] !== undefined || edges.every((edge) => readers.of(edge).length === 0),
    );
    if (!areOurs || stacks.some((stack) => (stack?.attr["axis"]?.i ?? 0) !== 0)) return undefined;
    return { ...around, stacks, gradients: gradients === "none" ? undefined : gradients };
  };

  return recording.nodes.map(layerAfter).filter((layer) => layer !== undefined);
}

/** A batch norm in training by the statistics of its own rows. */
const isBatchNorm = (node: NodeMessage | "result"): node is NodeMessage =>
  node !== "result" &&
  node.op === "FusedBatchNormV3" &&
  node.attr["is_training"]?.b === true &&
  node.attr[OVER_REPLICAS]?.b !== true;

const isPlainSum = (node: NodeMessage | "result"): boolean =>
  node !== "result" && /^Add(V2)?$/.test(node.op) && node.input.length === 2;

const areDefined = <T>(values: readonly (T | undefined)[]): values is readonly T[] =>
  values.every((value) => value !== undefined);
