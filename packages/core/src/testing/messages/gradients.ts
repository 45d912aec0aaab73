// What the checks of gradients find. `names` are those of the run's state.

import { counted, listed } from "./listed-names.ts";
import { LOOK_FOR_ZEROS } from "./look-for-zeros.ts";

// gradientReach

export const gradientNotFinite = (plugin: string, term: string): string =>
  `[${plugin}] The gradient of the term "${term}" has NaN or infinite values. ${LOOK_FOR_ZEROS}`;

/** @param encoder what the names of its parameters begin with. */
export const termWithoutGradient = (plugin: string, term: string, encoder: string): string =>
  `[${plugin}] The term "${term}" sends no gradient to the encoder (${encoder}*), which learns nothing ` +
  `from it. If this is intended, name "${plugin}/${term}" in the test's option \`withoutGradient\`.`;

export const parametersWithoutGradient = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] No term sends a gradient to the trained ${counted("parameter", names)}. If this is ` +
  `intended, name ${names.length === 1 ? "it" : "them"} in the test's option \`withoutGradient\`.`;

/** @param named a parameter, or "plugin/term". */
export const gradientAfterAll = (plugin: string, named: string): string =>
  `[${plugin}] The test's option \`withoutGradient\` names "${named}", which gets a gradient, or is no ` +
  "term or parameter of the run. Remove it, or correct its name.";

// stoppedGradients

/** @param views names of the run's views. */
export const stopAtNoView = (plugin: string, view: string, views: readonly string[]): string =>
  `[${plugin}] The test's option \`stopGradients\` names "${view}", which is no view of the run. The views ` +
  `are ${listed(views)}.`;

export const gradientNotStopped = (plugin: string, term: string, view: string): string =>
  `[${plugin}] The term "${term}" sends a gradient through the view "${view}", but the test's option ` +
  "`stopGradients` says that none flows. Embed the view with a network of `build.emaOf`, or inside " +
  "`withoutGradient`.";

// lossGradient

export const lossWithoutGradient = (plugin: string): string =>
  `[${plugin}] The loss has no gradient at all, so nothing is learned from it. Compute its terms outside ` +
  "of `withoutGradient`.";

/** The slopes of the loss along its gradient, per unit of length: measured, and as the gradient states. */
export const gradientOfAnotherLoss = (
  plugin: string,
  { measured, stated }: { readonly measured: number; readonly stated: number },
): string =>
  `[${plugin}] The gradient is not that of the loss: along it the loss rises by ${measured.toPrecision(4)} ` +
  `per unit of length, but the gradient says ${stated.toPrecision(4)}. Correct the gradients that the ` +
  "plugin defines itself, such as those of `tf.customGrad`.";
