// The sentences of errors INVALID_DATA in evaluation.

import { TsslError } from "../errors.ts";
import { shapeText } from "../text/shape-text.ts";

export const scoresMissing = (labels: number, classes: number, scores: number): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `classification: ${labels} labels of ${classes} classes need ${labels * classes} scores, got ${scores}.`,
    { data: { labels, classes, scores } },
  );

/** The size of a set's features, and the number of its labels. */
export interface LabelledSet {
  readonly features: readonly [count: number, dim: number];
  readonly labels: number;
}

export function featuresDisagree(train: LabelledSet, test: LabelledSet): TsslError {
  const text = ({ features, labels }: LabelledSet) => `${shapeText(features)} with ${labels} labels`;
  return new TsslError(
    "INVALID_DATA",
    `knn: features and labels must agree in number, and both sets in feature length, ` +
      `got ${text(train)} to train and ${text(test)} to test.`,
    { data: { train, test } },
  );
}

/** @param row of the points that k-means was given. */
export const pointsNotFinite = (row: number, value: number): TsslError =>
  new TsslError("INVALID_DATA", `kmeans: row ${row} must have finite numbers alone, got ${value}.`, {
    data: { row, value },
  });
