// What the check of batch sizes finds.

import type { RunSize } from "../conformance/subject.ts";
import { tensorText, type TensorType } from "../tensor-text.ts";
import { LOOK_FOR_ZEROS } from "./look-for-zeros.ts";

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
