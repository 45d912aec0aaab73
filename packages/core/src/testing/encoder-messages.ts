/**
 * The sentences of the encoders' conformance kit: the names of the checks, then what each check finds in the
 * order of their names. `encoder-messages.test.ts` has each of them once. `encoder` is the name that a
 * message begins with, and `names` are those of its values, as `scope` has them.
 */

import type { ViewSize } from "@tssl/augment-zoo";
import type { EngineMode } from "@tssl/engine";

import type { EncoderStage } from "../networks/encoder.ts";
import { shapeText } from "../text/shape-text.ts";
import { tensorsText, tensorText, type TensorType } from "./tensor-text.ts";

/** What an encoder that passes a check does; each completes "it …". */
export const encoderCheckNames = {
  features: "gives each image featureDim numbers, whatever the batch, the size of the view and its channels",
  stages: "has stages, if any, whose maps are as they say, and features made of the last one's",
  stateThroughScope: "makes all its values through scope, and moves nothing but buffers",
  tensorLeaks: "leaves no tensor behind, and does not free its images",
  firstValues: "starts from the seed alone, under the same names each time",
  eachImageAlone: "sees each image alone in mode inference, and moves nothing there",
  batchNormGroups: "treats the groups of batchNormGroups as batches of their own in mode training",
  gradientReach: "gives each trained value a gradient",
  featureGradient: "has the gradient of its features: they change along it as it says",
  recording: "can be recorded: reads no value back and draws no random number",
  graphAgrees: "gives the same features, gradients and statistics eagerly and as a graph",
  xlaAgrees: "gives the same features, gradients and statistics eagerly and under XLA",
  savedValues: "gives the same features, to the bit, once its values were saved and restored",
  learning: "learns: a method's loss falls within some steps",
} as const;

/** @param options those of the encoder that its test sets. */
export const encoderSuiteName = (encoder: string, options: object | undefined): string =>
  `the encoder ${encoder}${options === undefined ? "" : ` with ${JSON.stringify(options)}`}`;

// features

/** What is passed through an encoder. */
export interface Pass {
  readonly count: number;
  readonly size: ViewSize;
  readonly channels: number;
  readonly mode: "training" | "inference";
}

const passText = ({ count, size, channels, mode }: Pass): string => {
  const [height, width] = typeof size === "number" ? [size, size] : size;
  return `images ${shapeText([count, height, width, channels])} in mode ${mode}`;
};

export const featuresMisshapen = (encoder: string, featureDim: number, pass: Pass, got: TensorType): string =>
  `[${encoder}] The features of ${passText(pass)} must be [${pass.count}, ${featureDim}] float32 ` +
  `(featureDim is ${featureDim}), got ${tensorText(got)}. Return one row for each image, and the length of ` +
  "a row as `featureDim`.";

export const featuresNotFinite = (encoder: string, pass: Pass): string =>
  `[${encoder}] The features of ${passText(pass)} have NaN or infinite values. ${LOOK_FOR_ZEROS}`;

/**
 * @param error its text, with the encoder's name before it.
 * @param option of the test that says what the encoder takes; undefined where there is none.
 */
export const passFailed = (
  error: string,
  pass: Pass,
  option: "batchSizes" | "viewSizes" | undefined,
): string =>
  `${error.replace(/\.$/, "")} (with ${passText(pass)}).` +
  (option === undefined
    ? ""
    : ` If the encoder is not for these, give those that it is for in the test's option \`${option}\`.`);

// stages

/** @param features the name that stands for the encoder's own features. */
export const stageNameTaken = (encoder: string, stage: string, features: string): string =>
  stage === features
    ? `[${encoder}] A stage is named "${stage}", which stands for what the encoder gives. Name it otherwise.`
    : `[${encoder}] Two stages are named "${stage}". Evaluations take layers by their names, so give each ` +
      "its own.";

export const stageFailed = (error: string, stage: string, pass: Pass): string =>
  `${error.replace(/\.$/, "")} (in the stage "${stage}", with ${passText(pass)}). A stage is given the map ` +
  "of the one before, and the first one the images.";

export const stageMapMisshapen = (
  encoder: string,
  { name, channels, stride, rounding = "up" }: Omit<EncoderStage, "forward">,
  pass: Pass,
  { wanted, got }: { readonly wanted: readonly number[]; readonly got: TensorType },
): string =>
  `[${encoder}] The map of the stage "${name}" of ${passText(pass)} must be ${shapeText(wanted)} float32 ` +
  `(channels ${channels}, stride ${stride}, rounding ${rounding}), got ${tensorText(got)}. Return a map ` +
  "[B, h, w, channels], and say as `stride` how many pixels of an image there are for one of the map. " +
  '`rounding: "down"` is for windows that cut off the rest of a side.';

export const stageMapNotFinite = (encoder: string, stage: string, pass: Pass): string =>
  `[${encoder}] The map of the stage "${stage}" of ${passText(pass)} has NaN or infinite values. ` +
  LOOK_FOR_ZEROS;

export const mapFreed = (encoder: string, stage: string): string =>
  `[${encoder}] The stage "${stage}" frees the map that it is given, which belongs to the caller. Leave it.`;

export const tensorLeftByStage = (encoder: string, stage: string, left: TensorType): string =>
  `[${encoder}] The stage "${stage}" leaves a tensor (${tensorText(left)}) behind each time. Use no ` +
  "`tf.keep` in it; make what stays with `scope.buffer`.";

export const valuesMovedByStages = (encoder: string, names: readonly string[]): string =>
  `[${encoder}] The stages write the ${counted("value", names)} in mode inference. Move running statistics ` +
  "only where `mode.training` is true.";

export const mapVaries = (encoder: string, stage: string): string =>
  `[${encoder}] The same images get another map of the stage "${stage}" each time in mode inference. Draw ` +
  "no random numbers in `forward`, and remember nothing in JavaScript.";

/** @param error relative, of its map. */
export const mapNotAlone = (encoder: string, stage: string, error: number): string =>
  `[${encoder}] In mode inference the map of the stage "${stage}" depends on the other images of the ` +
  `batch: that of an image differs by ${percent(error)} when it is passed alone. Pass \`mode\` on to the ` +
  "layers, and normalize by running statistics where `mode.training` is false.";

/** @param values that the last map is made of, and the features are not. */
export const featuresOfOtherMap = (encoder: string, last: string, values: readonly string[]): string =>
  `[${encoder}] The features must be made of the map of the last stage, "${last}", and this map alone is ` +
  `made of the trained ${counted("value", values)}. Let \`forward\` of the encoder go through its stages, ` +
  "and give no map that it does not use.";

// stateThroughScope

export const valueBesideScope = (encoder: string, made: readonly TensorType[]): string =>
  `[${encoder}] The encoder makes a variable (${tensorsText(made)}) that is not part of the run's state, ` +
  "so no checkpoint would hold it. Make it in `build`, with `scope.parameter` or `scope.buffer`.";

export const trainedValueWritten = (encoder: string, names: readonly string[]): string =>
  `[${encoder}] forward writes the trained ${counted("value", names)}, which only the optimizer may move. ` +
  "Make running statistics with `scope.buffer`.";

// tensorLeaks

export const tensorLeftByBuild = (encoder: string, left: readonly TensorType[]): string =>
  `[${encoder}] build leaves a tensor (${tensorsText(left)}) that nobody frees. \`scope\` copies first ` +
  "values, so dispose yours; make constants in `forward`, or with `scope.buffer`.";

export const tensorLeftByForward = (encoder: string, left: readonly TensorType[]): string =>
  `[${encoder}] forward leaves a tensor (${tensorsText(left)}) behind in each step. Use no \`tf.keep\` in ` +
  "it; make what later steps read with `scope.buffer`.";

export const imagesFreed = (encoder: string): string =>
  `[${encoder}] forward frees the images that it is given, which belong to the caller. Leave them.`;

// firstValues

export const namesVary = (encoder: string, names: readonly string[]): string =>
  `[${encoder}] build makes the ${counted("value", names)} in one network and not in another, or with ` +
  "another shape or role. Names, shapes and roles must follow from the options alone: momentum encoders " +
  "and checkpoints find values by name.";

export const encoderFirstValuesVary = (encoder: string, names: readonly string[]): string =>
  `[${encoder}] The ${counted("value", names)} ${names.length === 1 ? "starts" : "start"} differently in ` +
  "two networks with the same seed. Let `scope` draw first values, or seed your initializer with " +
  "`scope.seed`.";

export const seedChangesNothing = (encoder: string): string =>
  `[${encoder}] All values start the same whatever the seed, so runs with several seeds are one run. Let ` +
  "`scope` draw first values. If the encoder brings weights of its own, set the test's option " +
  "`startsTrained`.";

// eachImageAlone

export const featuresVary = (encoder: string): string =>
  `[${encoder}] The same images get other features each time in mode inference. Draw no random numbers in ` +
  "`forward`, and remember nothing in JavaScript.";

/** @param image its place in the batch. @param error relative, of its features. */
export const imageNotAlone = (encoder: string, image: number, error: number): string =>
  `[${encoder}] In mode inference the features of an image depend on the others of its batch: those of ` +
  `image ${image} differ by ${percent(error)} when it is passed alone. Normalize by running statistics ` +
  "where `mode.training` is false.";

export const valuesMovedByInference = (encoder: string, names: readonly string[]): string =>
  `[${encoder}] forward writes the ${counted("value", names)} in mode inference. Move running statistics ` +
  "only where `mode.training` is true.";

// batchNormGroups

/** @param error relative, of the features. */
export const groupsNotApart = (encoder: string, groups: number, error: number): string =>
  `[${encoder}] With batchNormGroups ${groups} in mode training, the features must be those of ${groups} ` +
  `batches passed one by one, and they differ by ${percent(error)}. Normalize each of the ` +
  "`mode.batchNormGroups` equal parts of the batch apart from the others, as core's `batchNorm` does.";

// gradientReach

export const featuresAllZero = (encoder: string): string =>
  `[${encoder}] All features are zero in mode training, so there is nothing to learn from. Look for a relu ` +
  "or a scale that leaves nothing.";

export const encoderGradientNotFinite = (encoder: string, names: readonly string[]): string =>
  `[${encoder}] The gradient of the ${counted("value", names)} has NaN or infinite values. ${LOOK_FOR_ZEROS}`;

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

export const valuesWithoutGradient = (encoder: string, values: readonly NamedShape[]): string =>
  `[${encoder}] No gradient comes to the trained ${countedShapes(values)}. Use ${itOrThem(values)} in ` +
  `\`forward\`, or make ${itOrThem(values)} with \`scope.buffer\`. If this is intended, as of a bias ` +
  `before batch norm, name ${itOrThem(values)} in the test's option \`withoutGradient\`.`;

export const valueWithGradientAfterAll = (encoder: string, name: string): string =>
  `[${encoder}] The test's option \`withoutGradient\` names "${name}", which gets a gradient, or is no ` +
  "trained value of the encoder. Remove it, or correct its name.";

// featureGradient

/** The slopes of a sum of features along a gradient, per unit of length: measured, and as it states. */
export const gradientOfOtherFeatures = (
  encoder: string,
  { name, shape }: NamedShape,
  { measured, stated }: { readonly measured: number; readonly stated: number },
): string =>
  `[${encoder}] The gradient of "${name}" ${shapeText(shape)} is not that of the features: along it a sum ` +
  `of features rises by ${measured.toPrecision(4)} per unit of length, but the gradient says ` +
  `${stated.toPrecision(4)}. Correct the gradients that the encoder defines itself, such as those of ` +
  "`tf.customGrad`, in the ops between this value and the features.";

// graphAgrees, xlaAgrees

/**
 * @param what "features", "gradient of "conv1.weight"", "state "bn1.running_mean"".
 * @param pass counted from 0. @param error relative to the length of what is compared.
 */
export const encoderModesDiffer = (
  encoder: string,
  mode: EngineMode,
  { what, pass, error }: { readonly what: string; readonly pass: number; readonly error: number },
): string =>
  `[${encoder}] In mode ${mode} the ${what} of pass ${pass} differs by ${percent(error)} from mode eager. ` +
  "JavaScript in `forward` runs only while the step is recorded: remember nothing in it, and make what " +
  "changes from step to step with `scope.buffer`.";

// savedValues

export const restoredFeaturesDiffer = (encoder: string, mode: Pass["mode"]): string =>
  `[${encoder}] An encoder with restored values gives other features in mode ${mode} than the one whose ` +
  "values were saved. Something that `forward` reads is not among the values: make it with " +
  "`scope.parameter` or `scope.buffer`.";

// learning

export const lossDoesNotFall = (
  encoder: string,
  steps: number,
  { first, last }: { readonly first: number; readonly last: number },
): string =>
  `[${encoder}] The loss of a small method is ${first.toPrecision(4)} in its first step and ` +
  `${last.toPrecision(4)} after ${steps} steps on the same images, so the encoder does not learn. Look at ` +
  "the gradients, and at layers that let next to nothing through.";

// Parts of sentences

const LOOK_FOR_ZEROS = "Look for a division by 0, and for a root or a logarithm of 0.";

const percent = (share: number): string => `${(share * 100).toPrecision(2)} %`;

const itOrThem = ({ length }: readonly unknown[]): string => (length === 1 ? "it" : "them");

/** Three of them, and how many more. */
function listed(parts: readonly string[]): string {
  const more = parts.length - 3;
  return parts.slice(0, 3).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

const plural = (noun: string, { length }: readonly unknown[]): string => `${noun}${length === 1 ? "" : "s"}`;

/** "value "a"", or "values "a", "b"". */
const counted = (noun: string, names: readonly string[]): string =>
  `${plural(noun, names)} ${listed(names.map((name) => `"${name}"`))}`;

/** The same with shapes: "value "a" [3, 3]". */
const countedShapes = (values: readonly NamedShape[]): string =>
  `${plural("value", values)} ${listed(values.map(({ name, shape }) => `"${name}" ${shapeText(shape)}`))}`;
