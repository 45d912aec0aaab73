// The sentences of errors FILE_DAMAGED.

import { messageOf, TsslError } from "../errors.ts";
import { bytes, count, counted } from "../text/numbers.ts";

/** @param reason what is wrong with it, with the place: "history.seconds must be number, got "long"". */
export const fileDamaged = (file: string, reason: string): TsslError =>
  new TsslError(
    "FILE_DAMAGED",
    `${file} is damaged: ${reason}. Put back a whole copy of it; nothing was changed.`,
    { data: { file, reason } },
  );

/** @param line from 1. */
export const lineDamaged = (file: string, line: number, reason: string): TsslError =>
  new TsslError(
    "FILE_DAMAGED",
    `${file} is damaged in line ${count(line)}: ${reason}. Put back a whole copy of it; nothing was changed.`,
    { data: { file, line, reason } },
  );

/** The reason why a text is not JSON. */
export function notWholeJson(text: string, error: unknown): string {
  if (text.trim() === "") return "it is empty";
  const message = messageOf(error);
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? NaN);
  const isCut = /end of JSON|Unterminated/.test(message) || position >= text.trimEnd().length;
  if (isCut)
    return `it is not whole, its JSON ends within a value after ${counted(text.length, "character")}`;
  return `it is not JSON${Number.isNaN(position) ? "" : ` from character ${count(position + 1)} on`}`;
}

/** The reason why a text is not YAML: the parser's first line, which names the place. */
export const notYaml = (error: unknown): string =>
  /call stack|more than \d+ levels/.test(messageOf(error))
    ? "its lists and sections lie too deep within each other"
    : `it is not YAML (${messageOf(error).split("\n")[0]!.replace(/[:.]$/, "")})`;

/** The reason why a file of features is none. */
export const noFeatureSample = (): string =>
  "it must hold features (float32, [images, D]), images (int32, [images]) and step (int32, [1])";

/** @param images how many the set has. */
export const imageOutsideSet = (image: number, images: number): string =>
  `it names image ${count(image)}, and the set has ${count(images)}`;

export const lineTooLong = (most: number): string => `the line has more than ${bytes(most)}`;

/** @param most different names of metrics. */
export const tooManyMetrics = (most: number): string => `there are more than ${count(most)} metrics`;

/** @param expected rows that the checkpoint knows of. */
export const metricsRowsMissing = (file: string, found: number, expected: number): TsslError =>
  new TsslError(
    "FILE_DAMAGED",
    `${file} has ${counted(found, "whole row")}, and the checkpoint knows of ` +
      `${count(expected)}: rows have been lost. Put back a whole copy of it, or go on without the lost ` +
      "rows: --allow-change metrics. Nothing was changed.",
    { data: { file, found, expected } },
  );
