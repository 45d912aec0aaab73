import {
  notAList,
  notAnOperation,
  patchesOfAnySize,
  patchesOutside,
  patchesTwice,
  unknownOperation,
} from "./messages/recipes.ts";
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
  sides,
} from "./parameter-rules.ts";
import { reachOf } from "./sampling/patches.ts";
import { strongPools } from "./sampling/random-strong.ts";
import { fixedSizeAfter } from "./fixed-size-after.ts";

const p = number(0, 1);
const filter = optional(oneOf(["bilinear", "bicubic"]));

const rules: { readonly [Name in Operation["op"]]: Readonly<Record<string, Rule>> } = {
  randomResizedCrop: { size: sides, scale: range(0, 1), ratio: positiveRange, filter },
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
  resize: { size: sides, unless: optional(sides), filter },
  stretch: { size: sides, filter },
  centerCrop: { size: sides },
  gaussianKernelBlur: {
    sigma: positiveRange,
    kernelSize: odd,
    border: oneOf(["mirror", "black"]),
    p,
  },
  cutout: { side: range(0, 1), p },
  colorDrop: { p },
  patches: {
    rows: integer,
    columns: integer,
    size: integer,
    stride: integer,
    jitter: optional(integerFrom0),
  },
};

/**
 * Checks a recipe. @throws {RecipeError} with the path of the first invalid parameter, such as
 * "recipe[2].sigma".
 */
export function checkRecipe(recipe: Recipe, name = "recipe"): void {
  if (!Array.isArray(recipe)) throw notAList(name, recipe);
  recipe.forEach((operation: unknown, i) => checkOperation(operation, `${name}[${i}]`));
  checkPatches(recipe, name);
}

/** What a line of patches must keep together with the others. */
function checkPatches(recipe: Recipe, name: string): void {
  const first = recipe.findIndex(({ op }) => op === "patches");
  recipe.forEach((operation, i) => {
    if (operation.op !== "patches") return;
    const path = `${name}[${i}]`;
    if (first < i) throw patchesTwice(path, `${name}[${first}]`);
    const before = fixedSizeAfter(recipe.slice(0, i));
    if (before === undefined) throw patchesOfAnySize(path);
    const { width, height } = reachOf(operation);
    if (width > before.width || height > before.height) {
      throw patchesOutside(path, before, width, height);
    }
  });
}

function checkOperation(operation: unknown, path: string): void {
  if (typeof operation !== "object" || operation === null) {
    throw notAnOperation(path, operation);
  }
  const { op, ...parameters } = operation as { op?: unknown } & Readonly<Record<string, unknown>>;
  const known = typeof op === "string" && Object.hasOwn(rules, op) ? rules[op as Operation["op"]] : undefined;
  if (known === undefined) throw unknownOperation(`${path}.op`, op, Object.keys(rules));
  checkParameters(op as string, parameters, known, path);
}
