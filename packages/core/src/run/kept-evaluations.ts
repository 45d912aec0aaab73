import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";

import { checkOptions } from "../config/check-options.ts";
import type { LinearOptions } from "../evaluation/linear-options.ts";
import type { LinearResult } from "../evaluation/linear-result.ts";
import type { SvmResult } from "../evaluation/evaluate-svm.ts";
import type { FineTuneResult } from "../evaluation/fine-tune-result.ts";
import type { KnnOptions } from "../evaluation/knn.ts";
import { linearProtocols } from "../evaluation/linear-protocols.ts";
import { probeSchedules } from "../evaluation/probe-schedules.ts";
import { type SvmProtocolName, svmProtocols } from "../evaluation/svm-protocol.ts";
import { checkedJson, LARGEST_JSON } from "../files/json-file.ts";
import { namesIn } from "../files/names-in.ts";
import { readRegularFile } from "../files/regular-file.ts";
import { anything } from "../files/shapes.ts";
import { writeWhole } from "../files/write-whole.ts";
import { messageOf } from "../errors.ts";
import { keptEvaluationInvalid } from "../messages/notices.ts";
import { checkpointName } from "./checkpoint.ts";

/** Raised when the files change so that earlier ones cannot be read. */
const FORMAT = 1;

/** The images of an evaluation. */
export interface EvaluatedImages {
  /** Where the labelled images and the test images lie: absolute paths or addresses. */
  readonly train: string;
  readonly test: string;
  readonly trainImages: number;
  readonly testImages: number;
  readonly classes: readonly string[];
  /** Whether these are the images that the run's own config names. */
  readonly ofRun: boolean;
}

/** What a classification measured: at least the accuracy and the confusion matrix. */
export interface KeptResult {
  /** Share of test images whose class was found, 0 .. 1. */
  readonly top1: number;
  /** `confusion[actual][predicted]`: counts. */
  readonly confusion: readonly (readonly number[])[];
}

interface Kept<Kind extends string, Settings, Result> {
  readonly kind: Kind;
  /** Optimizer steps that the encoder was trained for. */
  readonly step: number;
  /** The same in epochs. */
  readonly epoch: number;
  /** When it was measured; ISO 8601. */
  readonly measuredAt: string;
  readonly data: EvaluatedImages;
  readonly settings: Settings;
  /** kNN: one; a linear probe: one for each share of the labels; an SVM: one for each number of images. */
  readonly results: readonly Result[];
  /** The same of the encoder before its first step; absent where it was not measured. */
  readonly untrained?: readonly Result[];
}

/** How a linear probe was trained. */
export interface LinearSettings extends Pick<
  LinearOptions,
  "schedule" | "epochs" | "batchSize" | "seed" | "protocol"
> {
  /** Rates to choose from. */
  readonly learningRates: readonly number[];
  readonly augment: boolean;
}

/** How linear SVMs were trained. */
export interface SvmSettings {
  readonly protocol: SvmProtocolName;
  /** Of the samples of low-shot machines. */
  readonly seed: number;
}

/** How networks were fine-tuned; the learning rates stand in the results. */
export interface FineTuneSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** The learning rate from scratch. */
  readonly scratchRate: number;
}

export type KeptKnn = Kept<"knn", KnnOptions, KeptResult>;
export type KeptLinear = Kept<"linear", LinearSettings, LinearResult>;

/** `untrained` is the same network from scratch. */
export type KeptFineTune = Kept<"finetune", FineTuneSettings, FineTuneResult>;
export type KeptSvm = Kept<"svm", SvmSettings, SvmResult>;

/** An evaluation of a checkpoint, as the run folder keeps it. */
export type KeptEvaluation = KeptKnn | KeptLinear | KeptSvm | KeptFineTune;

/** One number of an evaluation, 0 .. 1: an accuracy, or the mean average precision of an SVM. */
export interface KeptScore {
  readonly score: number;
  /** The same of the untrained encoder; absent where it was not measured. */
  readonly untrained?: number;
}

/** The numbers of an evaluation, in the order of its results. */
export function keptScores(evaluation: KeptEvaluation): readonly KeptScore[] {
  const { trained, untrained } =
    evaluation.kind === "svm"
      ? {
          trained: evaluation.results.map(({ meanPrecision }) => meanPrecision),
          untrained: evaluation.untrained?.map(({ meanPrecision }) => meanPrecision),
        }
      : {
          trained: evaluation.results.map(({ top1 }) => top1),
          untrained: evaluation.untrained?.map(({ top1 }) => top1),
        };
  return trained.map((score, i) => ({
    score,
    ...(untrained === undefined ? {} : { untrained: untrained[i]! }),
  }));
}

/** The evaluations in a run folder. */
export interface KeptEvaluations {
  /** By step, then by date. */
  readonly evaluations: readonly KeptEvaluation[];
  /** A sentence for each file that is none, and is left out. */
  readonly problems: readonly string[];
}

/** Where the evaluations of a run are kept. */
export const evaluationsOf = (runFolder: string): string => path.join(runFolder, "evaluations");

/**
 * Keeps an evaluation in the run folder, in place of an earlier one of the same checkpoint with the same
 * settings and images.
 *
 * @returns the file.
 * @throws what the system says, such as ENOSPC.
 */
export async function keepEvaluation(runFolder: string, evaluation: KeptEvaluation): Promise<string> {
  const { kind, step, settings, data } = evaluation;
  const what = JSON.stringify([settings, partsOf(evaluation), data.train, data.test]);
  const digest = createHash("sha256").update(what).digest("hex").slice(0, 8);
  const file = path.join(evaluationsOf(runFolder), `${kind}-${checkpointName(step)}-${digest}.json`);
  await mkdir(evaluationsOf(runFolder), { recursive: true });
  await writeWhole(file, `${JSON.stringify({ format: FORMAT, ...evaluation }, undefined, 2)}\n`);
  return file;
}

/** The parts of the labels that the results are for, and what else they differ by. */
function partsOf(evaluation: KeptEvaluation): readonly (number | string | null)[] {
  const ofLayer = (layer: string | undefined) => (layer === undefined ? [] : [layer]);
  if (evaluation.kind === "knn") return [];
  if (evaluation.kind === "svm")
    return evaluation.results.flatMap(({ shots, layer }) => [shots, ...ofLayer(layer)]);
  if (evaluation.kind === "linear")
    return evaluation.results.flatMap(({ fraction, layer }) => [fraction, ...ofLayer(layer)]);
  return evaluation.results.flatMap(({ fraction, trunkRate, headRate }) => [fraction, trunkRate, headRate]);
}

/**
 * Deletes the evaluations of later steps than this one: a run that goes on from here takes these steps again,
 * perhaps with other options.
 */
export async function removeLaterEvaluations(runFolder: string, step: number): Promise<void> {
  const names = await namesIn(evaluationsOf(runFolder));
  const later = names.filter((name) => Number(/-step-(\d+)-/.exec(name)?.[1] ?? 0) > step);
  for (const name of later) await rm(path.join(evaluationsOf(runFolder), name), { force: true });
}

/** Reads the evaluations that were kept in a run folder. Every field is checked. */
export async function readKeptEvaluations(runFolder: string): Promise<KeptEvaluations> {
  const folder = evaluationsOf(runFolder);
  const names = await namesIn(folder);
  const evaluations: KeptEvaluation[] = [];
  const problems: string[] = [];
  for (const name of names.filter((name) => name.endsWith(".json")).sort()) {
    const file = path.join(folder, name);
    const read = await readKept(file);
    if (typeof read === "string") problems.push(keptEvaluationInvalid(file, read));
    else evaluations.push(read);
  }
  return {
    evaluations: evaluations.sort((a, b) => a.step - b.step || (a.measuredAt < b.measuredAt ? -1 : 1)),
    problems,
  };
}

/** @returns what is wrong with the file, where it holds no evaluation. */
async function readKept(file: string): Promise<KeptEvaluation | string> {
  const bytes = await readRegularFile(file, LARGEST_JSON).catch(messageOf);
  if (typeof bytes === "string") return bytes;
  const json = checkedJson(bytes.toString("utf8"), anything);
  if (typeof json === "string") return json;
  const content = json.value;
  const kind = (content as { kind?: unknown } | null)?.kind;
  const schema = typeof kind === "string" && Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
  if (schema === undefined) return `kind: must be one of ${Object.keys(schemas).join(", ")}`;
  const checked = checkOptions(schema as never, content, "");
  if (checked.problems !== undefined)
    return checked.problems.map(({ path, text }) => `${path}: ${text}`).join("; ");
  const { format: _format, ...evaluation } = content as { format: number } & KeptEvaluation;
  return contradiction(evaluation) ?? evaluation;
}

/** What of an evaluation does not go together. */
function contradiction(evaluation: KeptEvaluation): string | undefined {
  const { results, untrained = results, data } = evaluation;
  if (untrained.length !== results.length) return `untrained: must have ${results.length} results`;
  if (evaluation.kind === "svm") {
    return svmContradiction(data, [...evaluation.results, ...(evaluation.untrained ?? [])]);
  }
  return countsContradiction(data, [...evaluation.results, ...(evaluation.untrained ?? [])]);
}

function svmContradiction({ classes }: EvaluatedImages, results: readonly SvmResult[]): string | undefined {
  for (const { perClass, perClassElevenPoint, costs, meanPrecision } of results) {
    const each = { perClass, perClassElevenPoint, costs };
    for (const [name, { length }] of Object.entries(each)) {
      if (length !== classes.length)
        return `${name}: must have a number for each of ${classes.length} classes`;
    }
    const known = perClass.filter((precision) => precision !== null);
    const mean = known.reduce((sum, precision) => sum + precision, 0) / known.length;
    if (!(Math.abs(mean - meanPrecision) <= 1e-9)) {
      return `meanPrecision: must be ${mean}, the mean of perClass, got ${meanPrecision}`;
    }
  }
  return undefined;
}

function countsContradiction(
  { classes, testImages }: EvaluatedImages,
  results: readonly KeptResult[],
): string | undefined {
  for (const { top1, confusion } of results) {
    if (confusion.length !== classes.length || confusion.some((row) => row.length !== classes.length)) {
      return `confusion: must have a row and a column for each of ${classes.length} classes`;
    }
    const images = confusion.flat().reduce((sum, count) => sum + count, 0);
    // Images that could not be decoded are left out.
    if (images < 1 || images > testImages) {
      return `confusion: must count 1 to ${testImages} images, got ${images}`;
    }
    const right = confusion.reduce((sum, row, actual) => sum + row[actual]!, 0) / images;
    if (Math.abs(right - top1) > 1e-9) return `top1: must be ${right}, as confusion has it, got ${top1}`;
  }
  return undefined;
}

const whole = (minimum: number) => ({ type: "integer", minimum });
const share = { type: "number", minimum: 0, maximum: 1 };
const above0 = { type: "number", exclusiveMinimum: 0 };
const list = (items: object, minItems = 0) => ({ type: "array", items, minItems });
/** An object with these fields, all of them needed; results may have more than a version knows. */
const object = (properties: Record<string, object>, optional: Record<string, object> = {}, open = false) => ({
  type: "object",
  required: Object.keys(properties),
  properties: { ...properties, ...optional },
  additionalProperties: open,
});

const knnResult = { top1: share, confusion: list(list(whole(0))) };
const linearResult = {
  ...knnResult,
  images: whole(1),
  balancedAccuracy: share,
  largestClass: share,
  top5: { ...share, nullable: true },
  perClass: list({ ...share, nullable: true }),
  fraction: { type: "number", exclusiveMinimum: 0, maximum: 1 },
  trainImages: whole(1),
  learningRate: above0,
  trainLoss: { type: "number", minimum: 0 },
};
const heldOut = object(
  {
    images: whole(1),
    accuracies: list(
      object(
        { learningRate: above0, accuracy: share },
        {
          standardError: share,
          trainLoss: { type: "number", minimum: 0, nullable: true },
          diverges: { type: "boolean" },
        },
      ),
    ),
  },
  { asGood: list(above0, 1) },
);

const layer = { type: "string", minLength: 1 };

const schemaOf = (kind: string, settings: object, result: object) =>
  object(
    {
      format: { type: "integer", const: FORMAT },
      kind: { type: "string", const: kind },
      step: whole(0),
      epoch: { type: "number", minimum: 0 },
      measuredAt: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$" },
      data: object({
        train: { type: "string", minLength: 1 },
        test: { type: "string", minLength: 1 },
        trainImages: whole(1),
        testImages: whole(1),
        classes: list({ type: "string" }, 1),
        ofRun: { type: "boolean" },
      }),
      settings,
      results: list(result, 1),
    },
    { untrained: list(result, 1) },
  );

const knnSchema = schemaOf("knn", object({ k: whole(1), temperature: above0 }), object(knnResult, {}, true));
const linearSchema = schemaOf(
  "linear",
  object(
    {
      schedule: { type: "string", enum: Object.keys(probeSchedules) },
      epochs: whole(1),
      batchSize: whole(1),
      seed: whole(0),
      learningRates: list(above0, 1),
      augment: { type: "boolean" },
    },
    { protocol: { type: "string", enum: Object.keys(linearProtocols) } },
  ),
  object(linearResult, { heldOut, layer }, true),
);
const precisions = list({ ...share, nullable: true }, 1);
const svmSchema = schemaOf(
  "svm",
  object({ protocol: { type: "string", enum: Object.keys(svmProtocols) }, seed: whole(0) }),
  object(
    {
      shots: { ...whole(1), nullable: true },
      trainImages: whole(1),
      testImages: whole(1),
      meanPrecision: share,
      meanElevenPoint: share,
      perClass: precisions,
      perClassElevenPoint: precisions,
      costs: list(above0, 1),
    },
    { samples: list(share, 1), layer },
    true,
  ),
);

const { learningRate: _rate, ...classified } = linearResult;
const fineTuneSchema = schemaOf(
  "finetune",
  object({ epochs: whole(1), batchSize: whole(1), seed: whole(0), scratchRate: above0 }),
  object({ ...classified, trunkRate: above0, headRate: above0 }, {}, true),
);

const schemas: Readonly<Record<string, object>> = {
  knn: knnSchema,
  linear: linearSchema,
  svm: svmSchema,
  finetune: fineTuneSchema,
};
