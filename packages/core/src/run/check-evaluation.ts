import { checkOptions } from "../config/check-options.ts";
import type { SvmResult } from "../evaluation/evaluate-svm.ts";
import { linearProtocols } from "../evaluation/linear-protocols.ts";
import { probeSchedules } from "../evaluation/probe-schedules.ts";
import { svmProtocols } from "../evaluation/svm-protocol.ts";
import type { EvaluatedImages, KeptEvaluation, KeptResult } from "./kept-evaluation.ts";

/** Raised when the files change so that earlier ones cannot be read. */
export const EVALUATION_FORMAT = 1;

/** Checks every field of an evaluation's file. @returns what is wrong, where it holds no evaluation. */
export function checkedEvaluation(content: unknown): KeptEvaluation | string {
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
      format: { type: "integer", const: EVALUATION_FORMAT },
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
