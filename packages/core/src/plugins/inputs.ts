import type { Random } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";

/** The moment an input is computed for: which step, and a random stream of that step and input. */
export interface StepMoment {
  /** Optimizer steps taken so far, from 0. */
  readonly step: number;
  readonly totalSteps: number;
  /** Depends on the run's seed, the step, the accumulated part and the input's name, and on nothing else. */
  readonly random: Random;
}

/**
 * A value that JavaScript computes before each step and hands in: a schedule, a permutation. Inside a step it is a tensor like any
 * other, which is how a compiled step stays free of host randomness.
 */
export interface StepInput {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its type is that of the array. */
  readonly valueAt: (moment: StepMoment) => Float32Array | Int32Array;
}

/** Reads this step's value of an input; only inside `step` and `after`. */
export type InputHandle<T extends tf.Tensor> = () => T;
