// What the check of published embeddings finds.

import { tensorText, type TensorType } from "../tensor-text.ts";
import { listed } from "./listed-names.ts";

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
