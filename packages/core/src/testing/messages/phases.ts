// What the check of phases finds. `names` are those of the run's state.

import type { Phase } from "../../plugins/plugin.ts";
import { listed } from "./listed-names.ts";

export const phaseChangesItsAnswer = (plugin: string, step: number, first: Phase, again: Phase): string =>
  `[${plugin}] phase returns ${JSON.stringify(first)} for step ${step}, but ${JSON.stringify(again)} when ` +
  "it is asked again. It must follow from step and epoch alone: remember nothing between calls.";

/**
 * @param frozen what the phase freezes where its key first comes.
 * @param later what it freezes at `step`.
 */
export const keyOfTwoPhases = (
  plugin: string,
  key: string,
  frozen: readonly string[],
  later: readonly string[],
  step: number,
): string =>
  `[${plugin}] The phase "${key}" freezes ${JSON.stringify(frozen)} at first and ${JSON.stringify(later)} ` +
  `at step ${step}, but one key stands for one recorded step. Give the second another key.`;

/** @param parameters those that the plugin trains, without its name, as `frozen` names them. */
export const frozenUnknown = (
  plugin: string,
  key: string,
  frozen: string,
  parameters: readonly string[],
): string =>
  `[${plugin}] The phase "${key}" freezes "${frozen}", but no trained parameter of the plugin has this ` +
  `name or lies in it. The trained parameters are ${listed(parameters)}.`;

export const frozenMoves = (plugin: string, key: string, names: readonly string[]): string =>
  `[${plugin}] A step of the phase "${key}" changes what the phase freezes: ${listed(names)}. Leave it as ` +
  "it is in `after` and `afterStep`.";
