import * as messages from "./messages.ts";
import type { Operation, Recipe } from "./recipe.ts";
import {
  checkParameters,
  integer,
  number,
  odd,
  oneOf,
  optional,
  positiveRange,
  range,
  type Rule,
} from "./parameter-rules.ts";
import { squareAfter } from "./square-after.ts";
import { strongPools } from "./sampling/random-strong.ts";

/** A recipe for each patch; its operations are checked by `checkOperation`. */
const each: Rule = { must: "a recipe", holds: Array.isArray, optional: true };
const p = number(0, 1);
const filter = optional(oneOf(["bilinear", "bicubic"]));

const rules: { readonly [Name in Operation["op"]]: Readonly<Record<string, Rule>> } = {
  randomResizedCrop: { size: integer, scale: range(0, 1), ratio: positiveRange, filter },
  colorJitter: {
    brightness: number(0, Infinity),
    contrast: number(0, Infinity),
    saturation: number(0, Infinity),
    hue: number(0, 0.5),
    p,
  },
  grayscale: { p },
  gaussianBlur: { sigma: range(0, Infinity), p },
  horizontalFlip: { p },
  solarize: { threshold: number(0, 256), p },
  randomStrong: { pool: oneOf(strongPools), draws: integer, probability: p },
  resize: { size: integer, unless: optional(integer), filter },
  centerCrop: { size: integer },
  gaussianKernelBlur: {
    sigma: positiveRange,
    kernelSize: odd,
    border: oneOf(["mirror", "black"]),
    p,
  },
  cutout: { side: range(0, 1), p },
  jigsaw: { grid: integer, size: integer, each },
  patchGrid: { size: integer, stride: integer, each },
};

/**
 * Checks a recipe. @throws {RecipeError} with the path of the first invalid parameter, such as
 * "recipe[2].sigma".
 */
export function checkRecipe(recipe: Recipe, name = "recipe"): void {
  if (!Array.isArray(recipe)) throw messages.notAList(name, recipe);
  recipe.forEach((operation: unknown, i) => checkOperation(operation, `${name}[${i}]`));
  checkPatches(recipe, name);
}

/** Operations that keep an image's size. */
function keepsSize({ op }: Operation): boolean {
  return !["randomResizedCrop", "resize", "centerCrop", "jigsaw", "patchGrid"].includes(op);
}

function checkPatches(recipe: Recipe, name: string): void {
  recipe.forEach((operation, i) => {
    if (operation.op !== "jigsaw" && operation.op !== "patchGrid") return;
    const path = `${name}[${i}]`;
    if (i < recipe.length - 1) throw messages.patchesNotLast(path, operation.op);
    const before = squareAfter(recipe.slice(0, i));
    const cells = operation.op === "jigsaw" ? operation.grid : 1;
    const cell = before === undefined ? undefined : Math.floor(before / cells);
    if (cell === undefined || cell < operation.size) {
      throw messages.patchTooLarge(`${path}.size`, operation.op, operation.size, cell);
    }
    checkRecipe(operation.each ?? [], `${path}.each`);
    const resizing = operation.each?.find((line) => !keepsSize(line));
    if (resizing !== undefined) throw messages.patchesResized(`${path}.each`, resizing.op);
  });
}

function checkOperation(operation: unknown, path: string): void {
  if (typeof operation !== "object" || operation === null) {
    throw messages.notAnOperation(path, operation);
  }
  const { op, ...parameters } = operation as { op?: unknown } & Readonly<Record<string, unknown>>;
  const known = typeof op === "string" && Object.hasOwn(rules, op) ? rules[op as Operation["op"]] : undefined;
  if (known === undefined) throw messages.unknownOperation(`${path}.op`, op, Object.keys(rules));
  checkParameters(op as string, parameters, known, path);
}
