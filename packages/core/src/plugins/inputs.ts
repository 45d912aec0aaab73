import type { Random } from "@tssl/augment-zoo";
import type * as tf from "@tensorflow/tfjs";

import { inputMissing } from "../messages/hooks.ts";

/** The moment an input is computed for: which step, and a random stream of that step and input. */
export interface StepMoment {
  /** Optimizer steps taken so far, from 0. */
  readonly step: number;
  /** The accumulated part of the step, from 0. */
  readonly part: number;
  readonly totalSteps: number;
  /** Depends on the run's seed, the step, the accumulated part and the input's name, and on nothing else. */
  readonly random: Random;
}

/**
 * A value that JavaScript computes before each step and hands in: a schedule, a permutation. Inside a step it
 * is a tensor like any other, which is how a compiled step stays free of host randomness.
 */
export interface StepInput {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its type is that of the array. */
  readonly valueAt: (moment: StepMoment) => Float32Array | Int32Array;
}

/** Stands for an input that `build.input` made; `context.input` gives its value in a step. */
export interface InputHandle<T extends tf.Tensor> {
  /** The full name, e.g. "moco.shuffle". */
  readonly name: string;
  /** Carries T for the compiler; absent at run time. */
  readonly valueType?: () => T;
}

/** Reads the values that inputs have in the step that runs. */
export interface InputReader {
  /** The value of an input in this step; borrowed. */
  input<T extends tf.Tensor>(handle: InputHandle<T>): T;
}

/** @param values tensors by the full name of their input; borrowed. */
export const inputReader = (values: Readonly<Record<string, tf.Tensor>>): InputReader => ({
  input<T extends tf.Tensor>({ name }: InputHandle<T>): T {
    const value = values[name];
    if (value === undefined) throw inputMissing(name);
    return value as T;
  },
});
