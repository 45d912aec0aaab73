import * as tf from "@tensorflow/tfjs";

import { type Replicas, rowsOfReplica } from "../../state/replicas.ts";
import { same } from "./differences.ts";

/** A tensor that a replica passes on to the others, by `gather` or `mean`. */
interface Passed {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** The step of one of two replicas. */
export interface ReplicaStep<Result> {
  /** In the order of the calls of `gather` and `mean`. */
  readonly passed: readonly Passed[];
  readonly result: Result;
}

/** Takes a step as one replica, from the same state each time. */
type TakeAs<Part, Result> = (part: Part, replicas: Replicas) => Result;

/** Turns in which gathers of what was gathered settle, one upon another. */
const MOST_TURNS = 4;

/**
 * Takes a step on two replicas in one process. They take turns: each is given what the other passed on in the
 * turn before, until neither passes on anything new.
 *
 * @param parts what each of them takes in, by rank.
 */
export function stepOfTwo<Part, Result>(
  parts: readonly [Part, Part],
  takeAs: TakeAs<Part, Result>,
): readonly ReplicaStep<Result>[] {
  let steps = parts.map((part, rank) => stepOfOne(part, { rank, takeAs }));
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const passed = steps.map((step) => step.passed);
    steps = parts.map((part, rank) => stepOfOne(part, { rank, passed, takeAs }));
    if (steps.every((step, rank) => equal(step.passed, passed[rank]!))) break;
  }
  return steps;
}

/**
 * The step of one of two replicas.
 *
 * @param passed what each of them passes on, by rank; absent: both what this one does.
 */
export function stepOfOne<Part, Result>(
  part: Part,
  {
    rank,
    passed: known,
    takeAs,
  }: {
    readonly rank: number;
    readonly passed?: readonly (readonly Passed[])[];
    readonly takeAs: TakeAs<Part, Result>;
  },
): ReplicaStep<Result> {
  const passed: Passed[] = [];
  /** Notes what this replica passes on. @returns what both do, by rank. */
  const exchanged = (x: tf.Tensor): tf.Tensor[] => {
    const own = { shape: [...x.shape], dtype: x.dtype, values: x.dataSync().slice() };
    const call = passed.push(own) - 1;
    return [0, 1].map((each) => {
      const { values, shape, dtype } = known?.[each]?.[call] ?? own;
      return tf.tensor(values, [...shape], dtype);
    });
  };
  const replicas: Replicas = {
    ...rowsOfReplica(rank, 2),
    gather: <T extends tf.Tensor>(rows: T) => tf.concat<T>(exchanged(rows) as T[], 0),
    mean: <T extends tf.Tensor>(x: T) => tf.div<T>(tf.addN(exchanged(x)), 2),
  };
  return { result: takeAs(part, replicas), passed };
}

const equal = (one: readonly Passed[], other: readonly Passed[]): boolean =>
  one.length === other.length && one.every(({ values }, call) => same(values, other[call]!.values));
