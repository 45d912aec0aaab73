/**
 * The sentences of this kit: the names of the checks, what each check finds in the order of their names, and
 * what other assertions say. `messages.test.ts` has each of them once. `plugin` is the name that a message
 * begins with, and `names` are those of the run's state.
 */

import type { EngineMode } from "@tssl/engine";

import { TsslError } from "../errors.ts";
import type { Phase } from "../plugins/plugin.ts";
import { shapeText } from "../text/shape-text.ts";
import type { Difference, ScalarDifference } from "./conformance/differences.ts";
import type { Hook } from "./conformance/observe-plugin.ts";
import type { RunSize } from "./conformance/subject.ts";
import { tensorsText, tensorText, type TensorType } from "./tensor-text.ts";

/** What a plugin that passes a check does; each completes "it …". */
export const checkNames = {
  optionDefaults: "has a default for every option",
  optionRefusals: "refuses unknown options and values of a wrong type, at the option's path",
  views: "reads the views that it asks for, and no others",
  labels: "reads labels if it says so, and only then",
  publications: "uses what it requires, looks for what it uses, and publishes what it says",
  publishedSpace: "publishes an embedding space with the shapes, rows and gradients that terms rely on",
  publishedEmbeddings: "publishes embeddings of two or more views, one row for each image",
  stateThroughBuild: "makes all its state through build",
  tensorLeaks: "leaves no tensor behind, in a step or after dispose",
  stateWrites: "writes no state in step",
  runningStatistics: "moves the running statistics of its network, with which evaluation sees images",
  momentumEncoders: "moves each momentum encoder once in an optimizer step, in afterStep",
  replicas: "computes the same on each of two replicas, whatever its rank",
  representation: "represents each image alone, by running statistics",
  phases: "has phases that follow from step and epoch alone, and freezes parameters that it has",
  hostWork: "works before epochs by the seed alone, and writes its own state and nothing else",
  gradientReach: "sends a gradient of each term to the encoder, and of all terms to every parameter",
  stoppedGradients: "sends no gradient through the views of stopGradients",
  lossGradient: "has the gradient of its loss: the loss changes along it as it says",
  stepSizes: "takes steps of odd batch sizes, and of several parts",
  recording: "can be recorded: reads no value back and draws no random number in a step",
  modesAgree: "takes the same steps eagerly, as a graph and under XLA",
  determinism: "gives the same numbers for the same seed, to the bit, whatever the number of loader workers",
  resume: "goes on from a checkpoint as if it had not stopped, to the bit",
} as const;

/** @param host the plugin that the tested one stands on, where there is one. */
export const testName = (check: keyof typeof checkNames, host: string | undefined): string =>
  host === undefined ? checkNames[check] : `on ${host}: ${checkNames[check]}`;

/** @param options those of the plugin that its test sets. */
export const suiteName = (plugin: string, options: object | undefined): string =>
  `the plugin ${plugin}${options === undefined ? "" : ` with ${JSON.stringify(options)}`}`;

/** @param publications names of what the plugin requires. */
export const testedAlone = (plugin: string, publications: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] requires ${publications.map(quoted).join(", ")}: name in the test's option \`on\` the ` +
      "plugins that it is to be tested on, for example { on: [myMethod] }.",
    { data: { plugin, publications } },
  );

// optionDefaults

export const optionWithoutDefault = (plugin: string, option: string): string =>
  `[${plugin}] The option "${option}" has no default, but a config may leave out every option. Give it a ` +
  "default in the schema of the plugin's options.";

/** @param refusal of a config with the plugin's defaults. */
export const defaultsRefused = (plugin: string, refusal: string): string =>
  `[${plugin}] Correct the defaults of the plugin's options, or their schema, which refuses them: ${refusal}`;

// optionRefusals

export const unknownOptionAccepted = (plugin: string, option: string): string =>
  `[${plugin}] The schema of the plugin's options accepts "${option}", which is no option of it, so a ` +
  "misspelt option would be ignored. Set additionalProperties to false in the schema.";

/** @param value one of a wrong type. */
export const wrongTypeAccepted = (plugin: string, option: string, value: unknown): string =>
  `[${plugin}] The option "${option}" accepts ${JSON.stringify(value)}, because its schema names no type. ` +
  "Give it one, in the schema of the plugin's options.";

/** @param path of the option: "plugins.moco.dim". @param refusal what a user would read. */
export const refusedWithoutPath = (plugin: string, path: string, refusal: string): string =>
  `[${plugin}] The refusal of a wrong value must name the path of the option, "${path}". Check the option ` +
  `by itself, under \`properties\` of the schema. Got: ${refusal}`;

// views

/** Where a step finds the images of a view: whole ones in `views` of its context, patches in `patches`. */
export type ImageField = "views" | "patches";

const fieldText = (field: ImageField, view: string): string => `\`context.${field}["${view}"]\``;

export const viewNeverRead = (plugin: string, field: ImageField, view: string): string =>
  `[${plugin}] views asks for "${view}", but no plugin reads ${fieldText(field, view)} in step, so its ` +
  "images would be made for nothing. Read it, or leave it out of `views`.";

/** @param asked names of the views that plugins ask for. */
export const viewNotAskedFor = (
  plugin: string,
  field: ImageField,
  view: string,
  asked: readonly string[],
): string =>
  `[${plugin}] step reads ${fieldText(field, view)}, but no plugin asks for a view of this name. The views ` +
  `are ${listed(asked)}: return "${view}" from \`views\` too, or read one of these.`;

export const patchesReadAsView = (plugin: string, view: string): string =>
  `[${plugin}] step reads ${fieldText("views", view)}, but the recipe of this view cuts patches. Read ` +
  `${fieldText("patches", view)}.`;

export const viewReadAsPatches = (plugin: string, view: string): string =>
  `[${plugin}] step reads ${fieldText("patches", view)}, but the recipe of this view cuts no patches. Read ` +
  `${fieldText("views", view)}.`;

// labels

export const labelsNotNamed = (plugin: string): string =>
  `[${plugin}] step reads \`context.labels\`, but the plugin does not name them in \`reads\`, so it is ` +
  'given none. Set reads: ["labels"].';

export const labelsNeverRead = (plugin: string): string =>
  `[${plugin}] The plugin names "labels" in \`reads\`, but step never reads \`context.labels\`, so they ` +
  "would be passed to it for nothing. Leave them out of `reads`.";

// publications

export const announcedNotPublished = (plugin: string, publication: string): string =>
  `[${plugin}] The plugin names "${publication}" in \`publishes\`, but step does not publish it. Return it ` +
  "in `publish`, or leave it out of `publishes`.";

export const publishedNotAnnounced = (plugin: string, publication: string): string =>
  `[${plugin}] step publishes "${publication}", but the plugin does not name it in \`publishes\`, so no ` +
  "plugin can require it. Name it there.";

export const usedNotRequired = (plugin: string, publication: string): string =>
  `[${plugin}] step takes "${publication}" with \`use\`, but the plugin does not name it in \`requires\`, ` +
  "so the plugin that publishes it may run later. Name it there.";

export const usedThoughOptional = (plugin: string, publication: string): string =>
  `[${plugin}] step takes "${publication}" with \`use\`, but the plugin names it in \`uses\` and not in ` +
  "`requires`, and `use` throws where no plugin publishes it. Take it with `find`, or name it in `requires`.";

export const soughtNotNamed = (plugin: string, publication: string): string =>
  `[${plugin}] step looks for "${publication}" with \`find\`, but the plugin does not name it in \`uses\`, ` +
  "so the plugin that publishes it may run later. Name it there.";

export const namedNotSought = (plugin: string, publication: string): string =>
  `[${plugin}] The plugin names "${publication}" in \`uses\`, but step never looks for it with \`find\`. ` +
  "Leave it out.";

// publishedSpace

/** @param rows "candidates", "embedding of the query "first"". @param shape the right one. */
export function spaceRowsMisshapen(
  plugin: string,
  rows: string,
  shape: readonly [rows: number, dim: number],
  got: TensorType,
): string {
  const dim = rows === "candidates" ? "" : ", with rows as long as those of candidates";
  return (
    `[${plugin}] embeddingSpace: ${rows} must be ${tensorText({ shape, dtype: "float32" })}${dim}, got ` +
    `${tensorText(got)}.`
  );
}

/** @param rows as in `spaceRowsMisshapen`. @param length of one of them. */
export const spaceRowsNotNormalized = (plugin: string, rows: string, length: number): string =>
  `[${plugin}] embeddingSpace: ${rows} must have rows of length 1, got one of length ` +
  `${length.toPrecision(4)}. Pass them through \`l2Normalize\`.`;

/** The field of a query that says which candidates belong to its images. */
export type CandidateField = "positives" | "sameView";

export const candidateNumbersMisshapen = (
  plugin: string,
  query: string,
  field: CandidateField,
  batch: number,
  got: TensorType,
): string =>
  `[${plugin}] embeddingSpace: ${field} of the query "${query}" must be ` +
  `${tensorText({ shape: [batch], dtype: "int32" })}, one candidate for each image, got ${tensorText(got)}.`;

/** @param candidates how many there are. @param got a number beyond them. */
export const noSuchCandidate = (
  plugin: string,
  query: string,
  field: CandidateField,
  candidates: number,
  got: number,
): string =>
  `[${plugin}] embeddingSpace: ${field} of the query "${query}" must hold row numbers of candidates, 0 .. ` +
  `${candidates - 1}, got ${got}.`;

/** @param candidate the number that stands in both fields for one image. */
export const positiveLeftOut = (plugin: string, query: string, candidate: number): string =>
  `[${plugin}] embeddingSpace: sameView of the query "${query}" must not be the positive of the same ` +
  `image, got candidate ${candidate} for both.`;

export const lossOfNotScalar = (plugin: string, query: string, shape: readonly number[]): string =>
  `[${plugin}] embeddingSpace: lossOf of the query "${query}" must return a scalar, got a tensor of shape ` +
  `${shapeText(shape)}.`;

/** @param views names of the run's views. */
export const queryOfNoView = (plugin: string, query: string, views: readonly string[]): string =>
  `[${plugin}] embeddingSpace: each query must have the name of its view, got "${query}". The views are ` +
  `${listed(views)}.`;

export const noQueries = (plugin: string): string =>
  `[${plugin}] embeddingSpace: queries must hold at least one query, got none.`;

export const candidatesWithGradient = (plugin: string): string =>
  `[${plugin}] embeddingSpace: candidates must carry no gradient, but one flows through them. Make them ` +
  "inside `withoutGradient`.";

export const queryWithoutGradient = (plugin: string, query: string): string =>
  `[${plugin}] embeddingSpace: embedding of the query "${query}" must carry a gradient to the trained ` +
  "parameters, but none flows. Make it outside of `withoutGradient`.";

export const lossOfWithoutGradient = (plugin: string, query: string): string =>
  `[${plugin}] embeddingSpace: lossOf of the query "${query}" must send a gradient to the rows that it is ` +
  "given, but none flows. Compute the loss from these rows, outside of `withoutGradient`.";

export const lossOfWithOtherGradient = (plugin: string, query: string): string =>
  `[${plugin}] embeddingSpace: lossOf of the query "${query}" must send a gradient to the rows that it is ` +
  "given and nowhere else, but one flows elsewhere. Take all else that it reads through `withoutGradient`.";

export const embedQueryWithoutGradient = (plugin: string, view: string): string =>
  `[${plugin}] embeddingSpace: embedQuery of the view "${view}" must carry a gradient to the trained ` +
  "parameters, but none flows. Embed the view outside of `withoutGradient`.";

// publishedEmbeddings

/** @param views names of the run's views. */
export const embeddingOfNoView = (plugin: string, view: string, views: readonly string[]): string =>
  `[${plugin}] embeddings: each must have the name of its view, got "${view}". The views are ` +
  `${listed(views)}.`;

export const embeddingMisshapen = (plugin: string, view: string, batch: number, got: TensorType): string =>
  `[${plugin}] embeddings: "${view}" must be [${batch}, D] float32, one row for each image, got ` +
  `${tensorText(got)}.`;

export const embeddingsAlike = (plugin: string, view: string, other: string): string =>
  `[${plugin}] embeddings: "${view}" and "${other}" have the same rows, as if both were one view. Publish ` +
  "the rows of each view.";

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

// runningStatistics

export const statisticsStandStill = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] step never moves the running statistics ${listed(names)} of the plugin's network, with ` +
  "which evaluation normalizes. Embed images with `embed`, or with `encode` and `project` in mode " +
  '"training".';

// momentumEncoders

/** @param encoder its full name. */
export const encoderMovedElsewhere = (plugin: string, hook: Hook, encoder: string): string =>
  `[${plugin}] ${hook} moves the momentum encoder "${encoder}". It must move once in each optimizer step, ` +
  "however many parts the batch is accumulated from: call its `update` in `afterStep` alone.";

export const encoderNeverMoved = (plugin: string, encoder: string): string =>
  `[${plugin}] No hook moves the momentum encoder "${encoder}", so it stays as it was made. Call its ` +
  "`update` in `afterStep`.";

export const encoderMovedOften = (plugin: string, encoder: string, times: number): string =>
  `[${plugin}] afterStep moves the momentum encoder "${encoder}" ${times} times. It must move once in each ` +
  "optimizer step: call its `update` once.";

// replicas

/** @param calls of `gather` and `mean` on each rank. */
export const stateDiffersBetweenReplicas = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] The state ${listed(names)} must be the same on all replicas, but two of them end a step ` +
  "with different values, because each writes what comes from its own images. Pass rows through " +
  "`replicas.gather`, and means through `replicas.mean`, before you write them.";

export const embeddingsGathered = (plugin: string, views: readonly string[]): string =>
  `[${plugin}] embeddings: ${listed(views)} must have one row for each image of this replica, and no ` +
  "others. Publish rows as they are before `replicas.gather`.";

export const candidatesDifferBetweenReplicas = (plugin: string): string =>
  `[${plugin}] embeddingSpace: candidates must be the same on all replicas, but two of them publish ` +
  "different ones. Pass them through `replicas.gather`.";

const FIRST_ROW_OF_REPLICA = "After `replicas.gather` the rows of a replica are at `replicas.ownRows(B)`.";

export const termDependsOnRank = (
  plugin: string,
  term: string,
  losses: readonly [rank0: number, rank1: number],
): string =>
  `[${plugin}] The term "${term}" must be the same whatever the rank, but for the same images it is ` +
  `${losses[0]} on rank 0 and ${losses[1]} on rank 1. ${FIRST_ROW_OF_REPLICA}`;

/** A field of one of the published queries. */
export interface QueryField {
  readonly query: string;
  readonly field: CandidateField;
}

export function candidateNumbersDependOnRank(plugin: string, fields: readonly QueryField[]): string {
  const what = fields.map(({ query, field }) => `${field} of the query "${query}"`).join(" and ");
  return (
    `[${plugin}] embeddingSpace: ${what} must name the same rows for the same images whatever the rank, ` +
    `but the rows differ between rank 0 and rank 1. ${FIRST_ROW_OF_REPLICA}`
  );
}

// representation

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

// phases

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

// hostWork

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

// gradientReach

const LOOK_FOR_ZEROS = "Look for a division by 0, and for a root or a logarithm of 0.";

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

// stepSizes

const sizeText = ({ batchSize, accumulate }: RunSize): string =>
  `at a batch size of ${batchSize}${accumulate === undefined ? "" : ` in ${accumulate} parts`}`;

/** @param kind what step returned it as. */
export const notScalar = (
  plugin: string,
  kind: "term" | "metric",
  name: string,
  got: TensorType,
  size: RunSize,
): string =>
  `[${plugin}] The ${kind} "${name}" must be a scalar of float32, got ${tensorText(got)} ` +
  `(${sizeText(size)}).`;

export const scalarNotFinite = (
  plugin: string,
  scalar: string,
  value: number,
  step: number,
  size: RunSize,
): string =>
  `[${plugin}] "${scalar}" must be finite, got ${value} in step ${step} (${sizeText(size)}). ` +
  LOOK_FOR_ZEROS;

/** @param error its text, with a plugin's name before it. */
export const failedAtSize = (error: string, size: RunSize): string =>
  `${error.replace(/\.$/, "")} (${sizeText(size)}).`;

// modesAgree

/** A scalar of a step that is NaN or infinite. */
export interface BrokenScalar {
  /** From 0. */
  readonly step: number;
  readonly name: string;
  readonly value: number;
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

/** Learning rates with which modes are compared: at first, and once more where they differ. */
interface ComparedRates {
  readonly learningRate: number;
  readonly smaller: number;
}

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
  `from step to step and that such small steps hide: if there is one, take it from \`build.input\`, or make ` +
  "it state with `build`, because JavaScript in a step runs only while the step is recorded.";

// determinism

export const viewsVary = (plugin: string): string =>
  `[${plugin}] views returns other recipes each time it is called. They must follow from its options and ` +
  "facts alone.";

export const firstValuesVary = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] The state ${listed(names)} starts with different values in two runs with the same seed. Let ` +
  "`build` draw first values, as it does for networks, parameters and queues, or use constants.";

export const inputsVary = (plugin: string, inputs: readonly string[], step: number): string =>
  `[${plugin}] Two runs with the same seed got different values of the ${counted("input", inputs)} in step ` +
  `${step}. Draw from the \`random\` that \`valueAt\` is given.`;

export const runsDiffer = (plugin: string, difference: Difference): string =>
  `[${plugin}] Two runs with the same seed differ: ${differenceText(difference)}. A step may depend on its ` +
  "images, inputs and state alone: draw random numbers with `build.random` or `build.input`, and read " +
  "nothing else that changes.";

// resume

/** Where a run is stopped, to go on from what was saved. */
export interface StopPoint {
  /** Steps taken. */
  readonly step: number;
  /** Whether the plugins' work on the host before the next step is done. */
  readonly workDone: boolean;
}

export const resumedRunDiffers = (
  plugin: string,
  { step, workDone }: StopPoint,
  difference: Difference,
): string =>
  `[${plugin}] A run that goes on from a checkpoint after ${step} ` +
  `steps${workDone ? " and the host work before the next one" : ""} differs from one that never stopped: ` +
  `${differenceText(difference)}. Something is remembered outside of the run's state: make it with ` +
  "`build`.";

// Other assertions of the kit

export const scalarDiffersBetweenModes = (
  mode: EngineMode,
  { step, name, found, wanted }: ScalarDifference,
): string => `${name} of step ${step} is ${found} in mode ${mode}, but ${wanted} in mode eager`;

export const scalarNotFiniteEagerly = ({ step, name, value }: BrokenScalar): string =>
  `${name} of step ${step} is ${value} in mode eager, so modes cannot be compared`;

/** What a state that differs between modes is called before the difference. */
export const stateInMode = (mode: EngineMode, name: string, steps: number): string =>
  `${name} after ${steps} steps in mode ${mode}`;

export const probedLengthDiffers = (what: string, length: number, wanted: number, allowed: number): string =>
  `${what}: its length must be ${wanted}, give or take ${allowed.toPrecision(2)}, got ${length}`;

/** @param at the element's place among `count`. */
export const probedElementDiffers = (
  what: string,
  { at, count }: { readonly at: number; readonly count: number },
  value: number,
  wanted: number,
  allowed: number,
): string =>
  `${what}: element ${at} of ${count} must be ${wanted}, give or take ${allowed.toPrecision(2)}, got ` +
  `${value}`;

export const goldenOptimizerUnknown = (optimizer: string, known: readonly string[]): string =>
  `settings.optimizer: golden steps can be taken with ${known.join(" and ")}, got "${optimizer}".`;

export const nothingThrown = (): string => "The call must throw, and it did not.";

// Parts of sentences

const differenceText = (difference: Difference): string =>
  "endOf" in difference
    ? `the state ${listed(difference.endOf)} ends with other values`
    : `in step ${difference.step}, ${difference.name} is ${difference.found} instead of ${difference.wanted}`;

const quoted = (name: string): string => `"${name}"`;

/** "moco.keys.rows" and two more: enough to find the place, short enough to read. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map(quoted).join(", ");
  const more = names.length - 3;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** "input "a"", or "inputs "a", "b"". */
const counted = (noun: string, names: readonly string[]): string =>
  `${noun}${names.length === 1 ? "" : "s"} ${listed(names)}`;

const valuesText = (values: Values): string => `${values.length} values (${values.constructor.name})`;
