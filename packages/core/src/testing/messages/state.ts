// What the checks of tensors that outlive a step find. `names` are those of the run's state.

import type { Hook } from "../conformance/observe-plugin.ts";
import { tensorsText, type TensorType } from "../tensor-text.ts";
import { listed } from "./listed-names.ts";

// stateThroughBuild

export const variableBesideState = (plugin: string, hook: Hook, made: readonly TensorType[]): string =>
  `[${plugin}] ${hook} makes a variable (${tensorsText(made)}) that is not part of the run's state, so no ` +
  "checkpoint would hold it. Make it with `build.variable`, in `setup`.";

export const tensorCarriedOver = (plugin: string, hook: Hook, made: readonly TensorType[]): string =>
  `[${plugin}] ${hook} carries a tensor (${tensorsText(made)}) into the next step, and it is not part of ` +
  "the run's state, so no checkpoint would hold it. Make a variable of it with `build.variable`, in " +
  "`setup`.";

// tensorLeaks

export const tensorLeftByStep = (plugin: string, hook: Hook, left: readonly TensorType[]): string =>
  `[${plugin}] ${hook} leaves a tensor (${tensorsText(left)}) behind in each step. Pass what \`after\` ` +
  "reads through `keep` of the context, not through `tf.keep`; make what later steps read with `build`.";

export const tensorLeftAtEnd = (plugin: string, hook: Hook, left: readonly TensorType[]): string =>
  `[${plugin}] ${hook} makes a tensor (${tensorsText(left)}) that is left when the run is disposed. ` +
  "`build` copies first values, so dispose yours; make constants in `step`.";

// stateWrites

export const stateWrittenInStep = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] step writes the state ${listed(names)}: plugins that run after it in the step would see the ` +
  "new values, those before it the old ones. Write state in `after` or `afterStep`.";
