import { sum } from "./bytes-moved.ts";
import { groupBy } from "./group-by.ts";
import type { Pass } from "./node-figures.ts";
import type { TracedOp } from "./step-trace.ts";

/** Total cost of some traced ops. */
export interface Cost {
  readonly calls: number;
  readonly milliseconds: number;
  /** Share of the time of all ops, 0 .. 1. */
  readonly share: number;
  /** Speed of convolutions and matrix products; 0 for other ops. */
  readonly gflopsPerSecond: number;
  /** Bytes read and written per second, without caches. */
  readonly gigabytesPerSecond: number;
}

/** All ops of one type. */
export interface TypeCost extends Cost {
  readonly op: string;
  /** Whether oneDNN computes the ops; a type may have ops of both kinds. */
  readonly oneDnn: boolean;
}

/** All ops of one line of the user's code, with their gradients. */
export interface LineCost extends Cost {
  /** "/x/layers.ts:44" */
  readonly line: string;
}

/**
 * All ops of one pass; "other" are ops that were not recorded: reads of state, assignments, ops that
 * TensorFlow adds.
 */
export interface PassCost extends Cost {
  readonly pass: Pass | "other";
}

/** Overlap of the ops of one run, in milliseconds. */
export interface Overlap {
  /** Time from the start of the first op to the end of the last. */
  readonly span: number;
  /** Sum of the times of all ops. */
  readonly busy: number;
  /** Parts of the span in which no op ran, exactly one, and several at once. */
  readonly none: number;
  readonly one: number;
  readonly several: number;
}

/** Costliest first. */
export function typeCosts(ops: readonly TracedOp[]): TypeCost[] {
  const costOf = costsAmong(ops);
  return [...groupBy(ops, ({ op, oneDnn }) => `${op} ${oneDnn}`).values()]
    .map((each) => ({ op: each[0]!.op, oneDnn: each[0]!.oneDnn, ...costOf(each) }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Costliest first; ops without a known line are left out. */
export function lineCosts(ops: readonly TracedOp[]): LineCost[] {
  const costOf = costsAmong(ops);
  return [...groupBy(ops, ({ recorded }) => recorded?.site?.replace(/:\d+$/, ""))]
    .flatMap(([line, each]) => (line === undefined ? [] : [{ line, ...costOf(each) }]))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

/** In the order of the passes; those without ops are left out. */
export function passCosts(ops: readonly TracedOp[]): PassCost[] {
  const costOf = costsAmong(ops);
  const groups = groupBy(ops, ({ recorded }) => recorded?.pass ?? "other");
  return (["forward", "gradient", "update", "other"] as const).flatMap((pass) => {
    const each = groups.get(pass);
    return each === undefined ? [] : [{ pass, ...costOf(each) }];
  });
}

function costsAmong(all: readonly TracedOp[]): (some: readonly TracedOp[]) => Cost {
  const whole = sum(all.map(({ milliseconds }) => milliseconds));
  return (some) => {
    const milliseconds = sum(some.map((op) => op.milliseconds));
    return {
      calls: some.length,
      milliseconds,
      share: milliseconds / whole,
      gflopsPerSecond: billionsPerSecond(sum(some.map(({ flops }) => flops)), milliseconds),
      gigabytesPerSecond: billionsPerSecond(sum(some.map(({ bytes }) => bytes)), milliseconds),
    };
  };
}

/** Billions per second; 0 if the time is 0. */
export const billionsPerSecond = (amount: number, milliseconds: number): number =>
  milliseconds > 0 ? amount / milliseconds / 1e6 : 0;

export function overlapOf(ops: readonly TracedOp[]): Overlap {
  const edges = ops
    .flatMap(({ startMilliseconds: start, milliseconds }) => [
      { at: start, change: 1 },
      { at: start + milliseconds, change: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  const spent = { none: 0, one: 0, several: 0 };
  let running = 0;
  edges.forEach(({ at, change }, i) => {
    const since = at - (edges[i - 1]?.at ?? at);
    spent[running === 0 ? "none" : running === 1 ? "one" : "several"] += since;
    running += change;
  });
  return {
    ...spent,
    span: (edges.at(-1)?.at ?? 0) - (edges[0]?.at ?? 0),
    busy: sum(ops.map(({ milliseconds }) => milliseconds)),
  };
}
