import { RecipeError } from "./errors.ts";
import type { Operation, Recipe } from "./recipe.ts";
import {
  checkParameters,
  integer,
  integerFrom0,
  number,
  odd,
  oneOf,
  optional,
  positiveRange,
  range,
  type Rule,
  show,
} from "./parameter-rules.ts";
import { reachOf } from "./sampling/patches.ts";
import { strongPools } from "./sampling/random-strong.ts";
import { squareAfter } from "./square-after.ts";

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
  patches: {
    rows: integer,
    columns: integer,
    size: integer,
    stride: integer,
    jitter: optional(integerFrom0),
  },
};

/** Throws a RecipeError with the path of the first parameter that is wrong, such as "recipe[2].sigma". */
export function checkRecipe(recipe: Recipe, name = "recipe"): void {
  if (!Array.isArray(recipe))
    throw new RecipeError(`${name} must be a list of operations, got ${show(recipe)}.`);
  recipe.forEach((operation: unknown, i) => checkOperation(operation, `${name}[${i}]`));
  checkPatches(recipe, name);
}

/** What a line of patches must keep together with the others. */
function checkPatches(recipe: Recipe, name: string): void {
  const first = recipe.findIndex(({ op }) => op === "patches");
  recipe.forEach((operation, i) => {
    if (operation.op !== "patches") return;
    const path = `${name}[${i}] (patches)`;
    if (first < i) {
      throw new RecipeError(
        `${path} must be the only line of patches, got another one at ${name}[${first}].`,
      );
    }
    const side = squareAfter(recipe.slice(0, i));
    if (side === undefined) {
      throw new RecipeError(
        `${path} must come after a line that gives a square of a fixed size. ` +
          "Add a randomResizedCrop or a centerCrop.",
      );
    }
    const { width, height } = reachOf(operation);
    if (Math.max(width, height) > side) {
      throw new RecipeError(
        `${path} must fit into the ${side} x ${side} pixels that the lines before it give, ` +
          `got ${width} x ${height}: (columns - 1) * stride + jitter + size wide, ` +
          "(rows - 1) * stride + jitter + size high.",
      );
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
