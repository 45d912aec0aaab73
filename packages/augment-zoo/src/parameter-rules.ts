import { unknownParameter, wrongParameter } from "./messages/recipes.ts";

/** A rule for a parameter: a description, and a test. */
export interface Rule {
  readonly must: string;
  readonly holds: (value: unknown) => boolean;
  readonly optional?: boolean;
}

const isNumber = (x: unknown, low: number, high: number): x is number =>
  typeof x === "number" && x >= low && x <= high;

export const number = (low: number, high: number): Rule => ({
  must: high === Infinity ? `a number >= ${low}` : `a number in ${low} .. ${high}`,
  holds: (x) => isNumber(x, low, high) && x < Infinity,
});

export const range = (low: number, high: number): Rule => ({
  must: `[low, high] with ${low} <= low <= high${high === Infinity ? "" : ` <= ${high}`}`,
  holds: (x) =>
    Array.isArray(x) &&
    x.length === 2 &&
    isNumber(x[0], low, high) &&
    isNumber(x[1], x[0], high) &&
    x[1] < Infinity,
});

export const positiveRange: Rule = {
  must: "[low, high] with 0 < low <= high",
  holds: (x) => range(0, Infinity).holds(x) && (x as number[])[0]! > 0,
};

export const integer: Rule = {
  must: "a whole number >= 1",
  holds: (x) => Number.isInteger(x) && (x as number) >= 1,
};
/** The size of a view. */
export const sides: Rule = {
  must: "a whole number >= 1, or [height, width] of such",
  holds: (x) => (Array.isArray(x) ? x.length === 2 && x.every(integer.holds) : integer.holds(x)),
};
export const integerFrom0: Rule = {
  must: "a whole number >= 0",
  holds: (x) => Number.isInteger(x) && (x as number) >= 0,
};
export const anyInteger: Rule = { must: "a whole number", holds: Number.isInteger };
export const optional = (rule: Rule): Rule => ({ ...rule, optional: true });
export const oneOf = (names: readonly string[]): Rule => ({
  must: names.map((name) => JSON.stringify(name)).join(" or "),
  holds: (x) => typeof x === "string" && names.includes(x),
});

export const odd: Rule = {
  must: "an odd whole number >= 1",
  holds: (x) => Number.isInteger(x) && (x as number) > 0 && (x as number) % 2 === 1,
};

/**
 * Checks the parameters of an operation.
 *
 * @param path of the operation: "recipe[2]".
 * @throws {RecipeError} for the first parameter that is invalid, missing or unknown.
 */
export function checkParameters(
  op: string,
  parameters: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
  path: string,
): void {
  for (const [name, rule] of Object.entries(rules)) {
    const value = parameters[name];
    if (value === undefined ? !rule.optional : !rule.holds(value)) {
      throw wrongParameter(`${path}.${name}`, op, rule.must, value);
    }
  }
  const unknown = Object.keys(parameters).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined) throw unknownParameter(`${path}.${unknown}`, op, Object.keys(rules));
}
