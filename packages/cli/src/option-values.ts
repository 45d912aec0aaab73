import * as messages from "./messages.ts";

export const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

export function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw messages.mustBeAbove0();
  return number;
}

export function count(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw messages.mustBeAtLeast1();
  return Number(value);
}

/** "0.1,1,10" */
export const positives = (value: string): readonly number[] => value.split(",").map(positive);

/** "0.01,0.1": each above 0 and at most 1. */
export function fractions(value: string): readonly number[] {
  const numbers = positives(value);
  if (numbers.some((number) => number > 1)) throw messages.mustBeAtMost1();
  return numbers;
}

/** "500MB" */
export function bytes(value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(kB|MB|GB)$/i.exec(value) ?? [];
  if (number === undefined || Number(number) === 0) throw messages.mustBeASize();
  return Number(number) * { kb: 1e3, mb: 1e6, gb: 1e9 }[unit!.toLowerCase() as "kb" | "mb" | "gb"];
}

export function seed(value: string): number {
  if (!/^\d+$/.test(value)) throw messages.mustBeAtLeast0();
  return Number(value);
}

export function port(value: string): number {
  if (!/^\d+$/.test(value) || Number(value) > 65535) throw messages.mustBeAPort();
  return Number(value);
}

/** "0,17": whole numbers, 0 or more. */
export const places = (value: string): readonly number[] => value.split(",").map(seed);

/** One of some words, however it is capitalized. */
export const oneOf =
  <Choice extends string>(choices: readonly Choice[]) =>
  (value: string): Choice => {
    const choice = choices.find((each) => each === value.toLowerCase());
    if (choice === undefined) throw messages.mustBeOneOf(value, choices);
    return choice;
  };
