// What the check of the engine's modes finds, and what `assertModesAgree` says.

import type { EngineMode } from "@tssl/engine";

import type { ScalarDifference } from "../conformance/differences.ts";
import { quoted } from "./listed-names.ts";
import { LOOK_FOR_ZEROS } from "./look-for-zeros.ts";

/** A scalar of a step that is NaN or infinite. */
export interface BrokenScalar {
  /** From 0. */
  readonly step: number;
  readonly name: string;
  readonly value: number;
}

/** Learning rates with which modes are compared: at first, and once more where they differ. */
interface ComparedRates {
  readonly learningRate: number;
  readonly smaller: number;
}

/** Nothing was trained before it. */
export const notFiniteAtOnce = (plugin: string, { step, name, value }: BrokenScalar): string =>
  `[${plugin}] ${quoted(name)} is ${value} in step ${step}, before anything was trained, so no learning ` +
  `rate mends it. ${LOOK_FOR_ZEROS} Or look at the first values of what the plugin makes with \`build\`: ` +
  "rows that are all 0 have no direction.";

/** Not finite after some steps, whatever the learning rate. */
export const notFiniteLater = (
  plugin: string,
  { step, name, value }: BrokenScalar,
  { learningRate, smaller }: ComparedRates,
): string =>
  `[${plugin}] ${quoted(name)} is ${value} in step ${step} with a learning rate of ${learningRate}, and ` +
  `with ${smaller} not finite either. ${LOOK_FOR_ZEROS}`;

/** Finite with the smaller learning rate. */
export const notFiniteByLargeSteps = (
  plugin: string,
  { step, name, value }: BrokenScalar,
  { learningRate, smaller }: ComparedRates,
): string =>
  `[${plugin}] ${quoted(name)} is ${value} in step ${step} with a learning rate of ${learningRate}; with ` +
  `${smaller} all steps are finite. Set learningRate: ${smaller} in the test's options, if the loss is ` +
  `only steep. ${LOOK_FOR_ZEROS}`;

/**
 * Modes differ whatever the learning rate.
 *
 * @param difference what `assertModesAgree` throws.
 */
export const modesDiffer = (plugin: string, difference: string, { smaller }: ComparedRates): string =>
  `[${plugin}] The engine's modes give different numbers: ${difference}. They do so with a learning rate ` +
  `of ${smaller} too, so the cause is hardly rounding, unless the loss is very steep: then an even smaller ` +
  "learningRate in the test's options passes. JavaScript in a step runs only while the step is recorded: " +
  "take what changes from step to step from `build.input`, or make it state with `build`.";

/** Modes differ, but not with the smaller learning rate. */
export const modesDifferByLargeSteps = (
  plugin: string,
  difference: string,
  { learningRate, smaller }: ComparedRates,
): string =>
  `[${plugin}] The engine's modes give different numbers: ${difference}. This has one of two causes. ` +
  `Rounding, if the loss is steep: with a learning rate of ${smaller} instead of ${learningRate} the modes ` +
  `agree, so set learningRate: ${smaller} in the test's options. Or a value of JavaScript that changes ` +
  `from step to step and that such small steps hide: if there is one, take it from \`build.input\`, or ` +
  "make it state with `build`, because JavaScript in a step runs only while the step is recorded.";

// What `assertModesAgree` says.

export const scalarDiffersBetweenModes = (
  mode: EngineMode,
  { step, name, found, wanted }: ScalarDifference,
): string => `${name} of step ${step} is ${found} in mode ${mode}, but ${wanted} in mode eager`;

export const scalarNotFiniteEagerly = ({ step, name, value }: BrokenScalar): string =>
  `${name} of step ${step} is ${value} in mode eager, so modes cannot be compared`;

/** What a state that differs between modes is called before the difference. */
export const stateInMode = (mode: EngineMode, name: string, steps: number): string =>
  `${name} after ${steps} steps in mode ${mode}`;
