import { RecipeError } from "./errors.ts";

/** A rule for one parameter: what it must be, and the test. */
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

/** Throws a RecipeError for the first parameter that is wrong, missing or unknown, at `path` such as "recipe[2]". */
export function checkParameters(
  op: string,
  parameters: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
  path: string,
): void {
  for (const [name, rule] of Object.entries(rules)) {
    const value = parameters[name];
    if (value === undefined ? !rule.optional : !rule.holds(value)) {
      throw new RecipeError(`${path}.${name} (${op}) must be ${rule.must}, got ${show(value)}.`);
    }
  }
  const unknown = Object.keys(parameters).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined) {
    const known = Object.keys(rules).join(", ") || "none";
    throw new RecipeError(`${path}.${unknown}: ${op} has no such parameter. Known: ${known}.`);
  }
}

/** A value in a message. */
export function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
