import { invalidOption, type TsslError } from "@tssl/core";

/** Every refusal of the plugin. */

const path = (option: string) => `plugins.cpc.${option}`;

export const notSquare = (imageSize: unknown): TsslError =>
  invalidOption("imageSize", "one number, because the grid of patches is a square", imageSize);

export const moreRowsThanPixels = (imageSize: number, grid: number): TsslError =>
  invalidOption(path("grid"), `less than ${imageSize}, the image's pixels along a side`, grid);

/** @param most the largest stride that leaves the last patch a pixel. */
export const strideTooLarge = (most: number, grid: number, imageSize: number, stride: number): TsslError =>
  invalidOption(
    path("stride"),
    `null or at most ${most}, so that ${grid} patches fit into ${imageSize} pixels`,
    stride,
  );

export const ignoresAllRows = (grid: number, stepsToIgnore: number): TsslError =>
  invalidOption(
    path("stepsToIgnore"),
    `at most ${grid - 2}, so that one of the grid's ${grid} rows is left to predict from the first`,
    stepsToIgnore,
  );

export const predictsBeyondGrid = (
  { grid, stepsToIgnore }: { readonly grid: number; readonly stepsToIgnore: number },
  stepsToPredict: number,
): TsslError =>
  invalidOption(
    path("stepsToPredict"),
    `at most ${grid - 1 - stepsToIgnore}, the rows after the first of ${grid} and the ${stepsToIgnore} ignored`,
    stepsToPredict,
  );
