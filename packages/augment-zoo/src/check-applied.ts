import type { AppliedOperation } from "./applied.ts";
import type { Size } from "./image.ts";
import {
  boxOutside,
  parametersNotAnObject,
  unknownOperationName,
  wrongParameter,
} from "./messages/recipes.ts";
import {
  anyInteger,
  checkParameters,
  integer,
  number,
  odd,
  oneOf,
  optional,
  type Rule,
  sides,
} from "./parameter-rules.ts";

const finite: Rule = { must: "a number", holds: Number.isFinite };
const factor = { factor: number(0, Infinity) };
const box = { left: anyInteger, top: anyInteger, width: integer, height: integer };
const filter = oneOf(["bilinear", "bicubic"]);
const colour: Rule = {
  must: "[red, green, blue] of whole numbers in 0 .. 255",
  holds: (x) =>
    Array.isArray(x) &&
    x.length === 3 &&
    x.every((level) => Number.isInteger(level) && level >= 0 && level <= 255),
};
const channel: Rule = { must: "0, 1 or 2", holds: (x) => x === 0 || x === 1 || x === 2 };
const sampling = { filter: optional(filter), fill: optional(colour) };
const bits: Rule = {
  must: "a whole number in 1 .. 8",
  holds: (x) => Number.isInteger(x) && (x as number) >= 1 && (x as number) <= 8,
};

/** Rules of all operations except `patches`, which contains operations itself. */
const rules: Readonly<Record<Exclude<AppliedOperation["op"], "patches">, Readonly<Record<string, Rule>>>> = {
  resizedCrop: { ...box, size: sides, filter },
  resize: { width: integer, height: integer, filter },
  crop: box,
  horizontalFlip: {},
  brightness: factor,
  contrast: factor,
  saturation: factor,
  sharpness: factor,
  hue: { factor: number(-0.5, 0.5) },
  grayscale: {},
  gaussianBlur: { sigma: number(0, Infinity) },
  solarize: { threshold: number(0, 256) },
  posterize: { bits },
  autoContrast: {},
  equalize: {},
  invert: {},
  shearX: { shear: finite, ...sampling },
  shearY: { shear: finite, ...sampling },
  translateX: { pixels: finite, ...sampling },
  translateY: { pixels: finite, ...sampling },
  rotate: { degrees: finite, ...sampling },
  identity: {},
  gaussianKernelBlur: {
    sigma: { must: "a number above 0", holds: isAbove0 },
    kernelSize: odd,
    border: oneOf(["mirror", "black"]),
  },
  cutout: { ...box, colour },
  keepChannel: { channel, colour },
  solarizeAdd: { addition: finite, threshold: number(0, 256) },
};

function isAbove0(x: unknown): boolean {
  return Number.isFinite(x) && (x as number) > 0;
}

/** One line for each operation, with the rules of its parameters. */
export const describeOperations = (): string =>
  Object.entries(rules)
    .map(([op, parameters]) => {
      const needed = Object.entries(parameters).map(
        ([name, { must, optional }]) => `${name}: ${must}${optional === true ? ", or absent" : ""}`,
      );
      return `  ${op.padEnd(20)}${needed.join("; ")}`.trimEnd();
    })
    .join("\n");

/**
 * Checks an operation from outside, such as from a command line, for `replay` on an image of this size.
 *
 * @throws {RecipeError} with the first invalid parameter.
 */
export function checkApplied(op: string, parameters: unknown, size: Size): AppliedOperation {
  if (!Object.hasOwn(rules, op)) throw unknownOperationName(op, Object.keys(rules));
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) {
    throw parametersNotAnObject(op, parameters);
  }
  checkParameters(op, parameters as Record<string, unknown>, rules[op as keyof typeof rules], "params");
  const applied = { op, ...parameters } as AppliedOperation;
  if (applied.op === "resizedCrop") {
    const { left, top, width, height } = applied;
    if (left < 0 || top < 0 || left + width > size.width || top + height > size.height) {
      throw boxOutside({ left, top, width, height }, size);
    }
  }
  if ("fill" in applied && !("filter" in applied)) {
    throw wrongParameter("params.fill", op, "absent where filter is", applied.fill);
  }
  return applied;
}
