// What the check of a representation finds. `names` are those of the run's state.

import { tensorText, type TensorType } from "../tensor-text.ts";
import { listed } from "./listed-names.ts";

export const representationWithoutNetwork = (plugin: string): string =>
  `[${plugin}] setup returns a \`representation\` and no \`network\`, but evaluation asks the plugin that ` +
  "has the network. Return both, or neither.";

/** @param images how many were passed. */
export const representationMisshapen = (
  plugin: string,
  images: number,
  featureDim: number,
  got: TensorType,
): string =>
  `[${plugin}] representation: features of ${images} images must be [${images}, ${featureDim}] float32 ` +
  `(featureDim is ${featureDim}), got ${tensorText(got)}.`;

export const representationVaries = (plugin: string): string =>
  `[${plugin}] representation: features gives other values each time for the same images. Draw no random ` +
  "numbers in it.";

export const representationDependsOnBatch = (plugin: string): string =>
  `[${plugin}] representation: features of an image depend on the other images of its batch. Pass images ` +
  'through networks in mode "inference".';

export const representationMovesState = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] representation: features changes the state ${listed(names)}. Pass images through networks ` +
  'in mode "inference".';
