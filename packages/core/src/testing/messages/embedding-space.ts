// What the check of a published embedding space finds.

import { shapeText } from "../../text/shape-text.ts";
import { tensorText, type TensorType } from "../tensor-text.ts";
import { listed } from "./listed-names.ts";

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
