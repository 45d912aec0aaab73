import { short } from "@tssl/core/internal";

/**
 * The parameters of an operation: "p 0.5", "scale 0.2 to 1" for a range, "colour 124 116 104" for more
 * numbers than two.
 *
 * @param number writes one of the numbers.
 */
export const parameterTexts = (
  parameters: Readonly<Record<string, unknown>>,
  number: (value: number) => string = short,
): readonly string[] =>
  Object.entries(parameters).map(([name, value]) => `${name} ${parameterText(value, number)}`);

/** The value alone. */
export function parameterText(value: unknown, number: (value: number) => string = short): string {
  if (typeof value === "number") return number(value);
  if (isNumbers(value)) return value.map(number).join(value.length === 2 ? " to " : " ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === "number");
