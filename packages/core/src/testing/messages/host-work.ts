// What the check of work on the host finds. `names` are those of the run's state.

import { listed } from "./listed-names.ts";

/** Numbers of a variable, or such as are written to it. */
type Values = ArrayLike<number>;

export const writtenMisshapen = (plugin: string, name: string, written: Values, held: Values): string =>
  `[${plugin}] beforeEpoch writes ${valuesText(written)} to "${name}", which holds ${valuesText(held)}. ` +
  "Write values of the variable's shape and type.";

export const stateAssignedByHand = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] beforeEpoch assigns the state ${listed(names)} itself, so work that is stopped would leave ` +
  "half of it behind. Write it with `write` of the context.";

/** @param step that the work comes before. */
export const hostWorkVaries = (plugin: string, names: readonly string[], step: number): string =>
  `[${plugin}] beforeEpoch writes different values to ${listed(names)} when it is called again with the ` +
  `same state (before step ${step}). Draw from \`random\` of the context, and remember nothing in ` +
  "JavaScript.";

export const stoppedWorkLeavesTrace = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] beforeEpoch changes the state ${listed(names)} when it is stopped, but the work is done ` +
  "anew once the run goes on, and must then find the same state. Change nothing when `signal` is aborted.";

export const hostWorkRemembersStop = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] beforeEpoch writes different values to ${listed(names)} once it has been stopped. Remember ` +
  "nothing in JavaScript.";

const valuesText = (values: Values): string => `${values.length} values (${values.constructor.name})`;
