import type { RecordedValue, Recording } from "../compile/record.ts";
import { statesRead } from "../compile/recorded-edges.ts";
import { bytesOf, sum } from "./bytes-moved.ts";
import { groupBy } from "./group-by.ts";
import type { NodeFigures, Pass } from "./node-figures.ts";

export interface Amounts {
  readonly ops: number;
  readonly flops: number;
  readonly bytes: number;
}

/** All ops of one type. */
export interface OpTypeFigures extends Amounts {
  readonly op: string;
  /** Share of all ops, 0 .. 1. */
  readonly share: number;
}

export interface ConstantFigures extends RecordedValue {
  readonly node: string;
  readonly bytes: number;
  readonly site?: string;
}

export interface StateFigures extends RecordedValue {
  readonly name: string;
  readonly bytes: number;
  /** Whether the step reads the old value, and whether it leaves a new one. */
  readonly read: boolean;
  readonly assigned: boolean;
}

/** Figures of a recorded step. */
export interface GraphFigures {
  readonly total: Amounts;
  readonly passes: Readonly<Record<Pass, Amounts>>;
  /** Most frequent first. */
  readonly types: readonly OpTypeFigures[];
  /** Largest first. */
  readonly constants: readonly ConstantFigures[];
  /** In the program's order. */
  readonly state: readonly StateFigures[];
}

export function graphFigures(
  recording: Recording,
  figures: readonly NodeFigures[],
  stateNames: readonly string[],
): GraphFigures {
  const { assigned, produced } = recording;
  const ofPass = (wanted: Pass) => amounts(figures.filter(({ pass }) => pass === wanted));
  const read = new Set(statesRead(recording));
  return {
    total: amounts(figures),
    passes: { forward: ofPass("forward"), gradient: ofPass("gradient"), update: ofPass("update") },
    types: [...groupBy(figures, ({ op }) => op)]
      .map(([op, each]) => ({ op, share: each.length / figures.length, ...amounts(each) }))
      .sort((a, b) => b.ops - a.ops),
    constants: figures
      .filter(({ op }) => op === "Const")
      .map(({ node, outputs: [value], site }) => ({
        node,
        ...value!,
        bytes: bytesOf(value!),
        ...(site === undefined ? {} : { site }),
      }))
      .sort((a, b) => b.bytes - a.bytes),
    state: stateNames.map((name, place) => {
      const value = produced.get(`state${place}`)![0]!;
      return {
        name,
        ...value,
        bytes: bytesOf(value),
        read: read.has(place),
        assigned: assigned.has(place),
      };
    }),
  };
}

const amounts = (figures: readonly NodeFigures[]): Amounts => ({
  ops: figures.length,
  flops: sum(figures.map(({ flops }) => flops)),
  bytes: sum(figures.map(({ bytes }) => bytes)),
});
