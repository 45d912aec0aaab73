import { RecipeError } from "./errors.ts";
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
  show,
} from "./parameter-rules.ts";
import { squareAfter } from "./square-after.ts";
import { strongPools } from "./sampling/random-strong.ts";

/** Its own lines are checked by `checkOperation`. */
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

/** Throws a RecipeError with the path of the first parameter that is wrong, such as "recipe[2].sigma". */
export function checkRecipe(recipe: Recipe, name = "recipe"): void {
  if (!Array.isArray(recipe))
    throw new RecipeError(`${name} must be a list of operations, got ${show(recipe)}.`);
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
    if (i < recipe.length - 1) {
      throw new RecipeError(`${name}[${i}] (${operation.op}) must be the recipe's last line.`);
    }
    const before = squareAfter(recipe.slice(0, i));
    const cell = operation.op === "jigsaw" ? Math.floor((before ?? 0) / operation.grid) : (before ?? 0);
    if (cell < operation.size) {
      throw new RecipeError(
        `${name}[${i}].size (${operation.op}) must be at most ${cell}, which fits into what the lines before give` +
          `${before === undefined ? " (no fixed size; put a crop before it)" : ""}, got ${operation.size}.`,
      );
    }
    checkRecipe(operation.each ?? [], `${name}[${i}].each`);
    const resizing = operation.each?.find((line) => !keepsSize(line));
    if (resizing !== undefined) {
      throw new RecipeError(`${name}[${i}].each must keep the patches' size, got ${resizing.op}.`);
    }
  });
}

function checkOperation(operation: unknown, path: string): void {
  if (typeof operation !== "object" || operation === null) {
    throw new RecipeError(
      `${path} must be an operation such as { "op": "grayscale", "p": 0.2 }, got ${show(operation)}.`,
    );
  }
  const { op, ...parameters } = operation as { op?: unknown } & Readonly<Record<string, unknown>>;
  const known = typeof op === "string" && Object.hasOwn(rules, op) ? rules[op as Operation["op"]] : undefined;
  if (known === undefined) {
    throw new RecipeError(
      `${path}.op: unknown operation ${show(op)}. Known: ${Object.keys(rules).join(", ")}.`,
    );
  }
  checkParameters(op as string, parameters, known, path);
}
