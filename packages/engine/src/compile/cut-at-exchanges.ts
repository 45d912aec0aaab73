import { endOf, isOrder } from "./edge.ts";
import type { NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";

const EXCHANGES: ReadonlySet<string> = new Set(["CollectiveGather", "CollectiveReduce"]);
/** Whether an op is between replicas. */
export const isExchange = ({ op }: NodeMessage): boolean => EXCHANGES.has(op);

/** The stage of ops that depend on neither inputs nor state: each stage computes them for itself. */
export const ANY = -1;

/** Where the ops of a step are computed. */
export interface Cut {
  readonly last: number;
  readonly stageOf: (node: string) => number;
  /** Whether an edge has its value in a stage, and not from an exchange behind it. */
  readonly isMadeIn: (stage: number, edge: string) => boolean;
  /** Whether an edge has its value before a stage begins, and is no input, no state and no constant. */
  readonly isMadeBefore: (stage: number, edge: string) => boolean;
}

/** Each op is computed as early as its inputs allow. */
export function cutAtExchanges({ nodes }: Recording): Cut {
  const computed = new Map<string, number>();
  /** The first stage in which an edge can be read. */
  const readable = new Map<string, number>();
  for (const node of nodes) {
    const before = node.input.map((edge) => readable.get(nodeOf(edge)) ?? 0);
    const stage = Math.max(isExchange(node) ? 0 : ANY, ...before);
    computed.set(node.name, stage);
    readable.set(node.name, isExchange(node) ? stage + 1 : stage);
  }
  const stageOf = (node: string): number => computed.get(node) ?? ANY;
  return {
    last: Math.max(0, ...readable.values()),
    stageOf,
    isMadeIn: (stage, edge) => stageOf(nodeOf(edge)) === stage && readable.get(nodeOf(edge)) === stage,
    isMadeBefore: (stage, edge) => stageOf(nodeOf(edge)) !== ANY && stageOf(nodeOf(edge)) < stage,
  };
}

/** The node of an edge, or that an op waits for. */
export const nodeOf = (edge: string): string => endOf(isOrder(edge) ? edge.slice(1) : edge).node;
