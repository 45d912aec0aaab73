// The sentences of errors RECIPE.

import { RecipeError } from "../errors.ts";
import type { Box, Size } from "../image.ts";
import { shown } from "./shown-value.ts";

export const boxOutside = ({ left, top, width, height }: Box, image: Size): RecipeError =>
  new RecipeError(
    `The box of resizedCrop must lie inside the image of ${image.width} x ${image.height} pixels, got ` +
      `${width} x ${height} at (${left}, ${top}).`,
    {
      op: "resizedCrop",
      got: { left, top, width, height },
      image: { width: image.width, height: image.height },
    },
  );

export const cropMissing = (ops: readonly string[]): RecipeError =>
  new RecipeError(`withSize needs a recipe with a randomResizedCrop, got [${ops.join(", ")}].`, { ops });

/** @param size of the views beside it. */
export const jigsawNotSquare = (size: readonly number[]): RecipeError =>
  new RecipeError(
    `The jigsaw is a grid of 3 x 3 squares: the size of its views must be one number, got ${shown(size)}.`,
    { size },
  );

export const notAList = (path: string, got: unknown): RecipeError =>
  new RecipeError(`${path} must be a list of operations, got ${shown(got)}.`, { path, got });

export const notAnOperation = (path: string, got: unknown): RecipeError =>
  new RecipeError(
    `${path} must be an operation such as { "op": "grayscale", "p": 0.2 }, got ${shown(got)}.`,
    { path, got },
  );

export const parametersNotAnObject = (op: string, got: unknown): RecipeError =>
  new RecipeError(`The parameters of ${op} must be an object, got ${shown(got)}.`, { op, got });

/** @param width pixels that the grid reaches over at most. */
export const patchesOutside = (path: string, before: Size, width: number, height: number): RecipeError =>
  new RecipeError(
    `${path} (patches) must fit into the ${before.width} x ${before.height} pixels of the image before it, ` +
      `got ${width} x ${height}: (columns - 1) * stride + jitter + size wide, ` +
      "(rows - 1) * stride + jitter + size high.",
    { path, before, width, height },
  );

export const patchesOfAnySize = (path: string): RecipeError =>
  new RecipeError(
    `${path} (patches) must come after an operation that gives an image of a fixed size. ` +
      "Add a randomResizedCrop or a centerCrop.",
    { path },
  );

/** @param first the path of the other one. */
export const patchesTwice = (path: string, first: string): RecipeError =>
  new RecipeError(`${path} (patches) must be the only patches operation, got another one at ${first}.`, {
    path,
    first,
  });

export const sizeNotFixed = (ops: readonly string[]): RecipeError =>
  new RecipeError(
    `The output size of the recipe [${ops.join(", ")}] depends on the image. ` +
      "Add a randomResizedCrop or a centerCrop.",
    { ops },
  );

export const unknownOperation = (path: string, op: unknown, known: readonly string[]): RecipeError =>
  new RecipeError(`${path}: unknown operation ${shown(op)}. Known: ${known.join(", ")}.`, { path, op });

/** An operation on the command line, where a name may differ from a known one in case alone. */
export const unknownOperationName = (op: string, known: readonly string[]): RecipeError => {
  const meant = known.find((name) => name.toLowerCase() === op.toLowerCase());
  const hint = meant === undefined ? `Known: ${known.join(", ")}.` : `Did you mean ${shown(meant)}?`;
  return new RecipeError(`Unknown operation ${shown(op)}. ${hint}`, { op, meant });
};

export const unknownParameter = (path: string, op: string, known: readonly string[]): RecipeError =>
  new RecipeError(`${path}: ${op} has no such parameter. Known: ${known.join(", ") || "none"}.`, {
    path,
    op,
  });

/** @param must the rule: "a number in 0 .. 1". */
export const wrongParameter = (path: string, op: string, must: string, got: unknown): RecipeError =>
  new RecipeError(`${path} (${op}) must be ${must}, got ${shown(got)}.`, { path, op, must, got });
