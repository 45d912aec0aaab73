import { isDeepStrictEqual } from "node:util";

import { OVER_REPLICAS } from "../lower/over-replicas.ts";
import { sameShape, type Shape } from "../shapes/shape.ts";
import { gradientsOfBatchNorm, isBatchNormInTraining } from "./batch-norm-nodes.ts";
import { type EdgeReaders, edgeReaders } from "./edge-readers.ts";
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
  /** None in a network that does not learn. */
  readonly gradients?: GroupedGradients;
}

export interface GroupedGradients extends GroupedOps {
  /**
   * The sums that add the groups' gradients of gamma, and those of beta, to what came before: each takes the
   * sum before it and the gradient of one group.
   */
  readonly sums: readonly (readonly NodeMessage[])[];
}

/** A recording, with what is asked of it again and again. */
interface Graph {
  readonly readers: EdgeReaders;
  /** Of its nodes, by name. */
  readonly places: ReadonlyMap<string, number>;
  node(name: string): NodeMessage | undefined;
  shapeOf(edge: string): Shape;
  /** All results of a node. */
  results(node: NodeMessage): readonly string[];
}

/**
 * The batch norms of groups of rows in a recording. None of a layer where another node reads a group's rows
 * or statistics, or where a node in between waits for a `computeFirst`.
 */
export function groupedBatchNorms(recording: Recording): readonly GroupedBatchNorms[] {
  const { nodes, produced } = recording;
  const places = new Map(nodes.map(({ name }, place) => [name, place]));
  const graph: Graph = {
    readers: edgeReaders(recording),
    places,
    node: (name) => nodes[places.get(name) ?? -1],
    shapeOf: (edge) => recordedValue(recording, edge).shape,
    results: ({ name }) => produced.get(name)!.map((_, output) => edgeName(name, output)),
  };
  return nodes.map((node) => layerBehind(node, graph)).filter((layer) => layer !== undefined);
}

/** The batch norms that read the parts of a split. */
function layerBehind(split: NodeMessage, graph: Graph): GroupedBatchNorms | undefined {
  const norms = normsOfParts(split, graph);
  const around = norms === undefined ? undefined : groupedOps(split, norms, graph);
  if (norms === undefined || around === undefined) return undefined;

  const statistics = [1, 2].map((output) => norms.map(({ name }) => edgeName(name, output)));
  const stacks = statistics.map((edges) => soleReader("Pack", edges, graph));
  const areStacked = statistics.every((edges, i) => stacks[i] !== undefined || isUnread(edges, graph));
  if (!areStacked || stacks.some((stack) => (stack?.attr["axis"]?.i ?? 0) !== 0)) return undefined;

  const byNorm = allOf(norms.map((norm) => gradientsOfBatchNorm(norm, graph.readers)));
  if (byNorm === undefined) return undefined;
  const readersOfParts = graph.results(split).map((part) => graph.readers.of(part));
  const areOursAlone = byNorm.every((gradients, i) =>
    isDeepStrictEqual(new Set(readersOfParts[i]), new Set([norms[i], ...gradients])),
  );
  if (!areOursAlone) return undefined;
  if (byNorm.every((each) => each.length === 0)) return { ...around, stacks };
  const gradients = groupedGradients(byNorm, graph);
  return gradients === undefined ? undefined : { ...around, stacks, gradients };
}

/** The batch norm of each part of a split, by the same parameters. */
function normsOfParts(split: NodeMessage, { readers, results }: Graph): readonly NodeMessage[] | undefined {
  if (split.op !== "SplitV") return undefined;
  const norms = allOf(results(split).map((part) => readers.of(part).find(isOfOwnRows)));
  if (norms === undefined) return undefined;
  const parameters = norms.map(({ input, attr }) => [valueEdges(input).slice(1), attr]);
  const areAlike = parameters.every((each) => isDeepStrictEqual(each, parameters[0]));
  return norms.length > 1 && areAlike ? norms : undefined;
}

/** Whether a node is a batch norm in training by the statistics of its own rows. */
const isOfOwnRows = (node: NodeMessage | "result"): node is NodeMessage =>
  node !== "result" && isBatchNormInTraining(node) && node.attr[OVER_REPLICAS]?.b !== true;

/** @param byNorm the gradients of each batch norm, of which each must have one. */
function groupedGradients(
  byNorm: readonly (readonly NodeMessage[])[],
  graph: Graph,
): GroupedGradients | undefined {
  const ops = byNorm.flat();
  const split = graph.node(endOf(ops[0]!.input[0]!).node);
  if (byNorm.some((each) => each.length !== 1) || split?.op !== "SplitV") return undefined;
  const parts = graph.results(split);
  const given = ops.map(({ input }) => input[0]);
  if (!isDeepStrictEqual(given, parts) || parts.some((part) => graph.readers.of(part).length !== 1)) {
    return undefined;
  }
  const around = groupedOps(split, ops, graph);
  const ofOutput = (output: number) => ops.map(({ name }) => edgeName(name, output));
  const sums = allOf([1, 2].map((output) => sumsOf(ofOutput(output), graph)));
  return around === undefined || sums === undefined ? undefined : { ...around, sums };
}

/** Ops that each read one part of a split, where the parts are rows and are put together again. */
function groupedOps(split: NodeMessage, ops: readonly NodeMessage[], graph: Graph): GroupedOps | undefined {
  const { readers, shapeOf, results } = graph;
  const whole = split.input[0]!;
  const areWaitedFor = [split, ...ops].some(({ name }) => readers.of(`^${name}`).length > 0);
  const wait = ops.some(({ input }) => input.some(isOrder));
  const names = ops.map(({ name }) => name);
  const concat = soleReader("ConcatV2", names, graph);
  if (areWaitedFor || wait || concat === undefined) return undefined;

  const [rows, ...others] = shapeOf(whole);
  const areRows = results(split).every((part) => sameShape(shapeOf(part), [rows! / ops.length, ...others]));
  return areRows && sameShape(shapeOf(concat.name), shapeOf(whole))
    ? { whole, split, ops, concat }
    : undefined;
}

/** The node that alone reads these edges, as its first inputs. */
function soleReader(op: string, edges: readonly string[], { readers }: Graph): NodeMessage | undefined {
  const [node, ...others] = new Set(edges.flatMap((edge) => readers.of(edge)));
  if (node === undefined || node === "result" || node.op !== op || others.length > 0) return undefined;
  const readsInOrder = isDeepStrictEqual(node.input.slice(0, edges.length), edges);
  return readsInOrder && !node.input.some(isOrder) ? node : undefined;
}

/** The sums that add one edge each to the sum before, in the order in which they are computed. */
function sumsOf(edges: readonly string[], graph: Graph): readonly NodeMessage[] | undefined {
  const { readers, places } = graph;
  if (isUnread(edges, graph)) return [];
  const reading = edges.map((edge) => readers.of(edge));
  if (reading.some((each) => each.length !== 1)) return undefined;
  const sums = [...new Set(reading.flat())].filter((node) => node !== "result");
  if (reading.flat().includes("result") || !sums.every(isSum)) return undefined;
  sums.sort((a, b) => places.get(a.name)! - places.get(b.name)!);
  return sums.slice(1).every((sum, i) => readers.sole(sums[i]!) === sum) ? sums : undefined;
}

const isSum = ({ op, input }: NodeMessage): boolean => /^Add(V2)?$/.test(op) && input.length === 2;

const isUnread = (edges: readonly string[], { readers }: Graph): boolean =>
  edges.every((edge) => readers.of(edge).length === 0);

/** All values; undefined if one of them is. */
function allOf<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const defined = values.filter((value) => value !== undefined);
  return defined.length === values.length ? defined : undefined;
}
