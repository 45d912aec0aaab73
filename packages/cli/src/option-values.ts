import {
  mustBeAbove0,
  mustBeACosine,
  mustBeACount,
  mustBeAPort,
  mustBeARange,
  mustBeASize,
  mustBeAtLeast0,
  mustBeAtMost1,
  mustBeFewer,
  mustBeOneOf,
} from "./messages/option-values.ts";

export const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

export function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < Infinity)) throw mustBeAbove0();
  return number;
}

/** "0.95" */
export function cosine(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= 1)) throw mustBeACosine();
  return number;
}

/** A whole number, 1 to `most`: more is a slip of the pen, and may take all memory. */
export const countTo =
  (most: number) =>
  (value: string): number => {
    if (!/^[1-9]\d*$/.test(value) || Number(value) > most) throw mustBeACount(most);
    return Number(value);
  };

export const count = countTo(1_000_000_000);

/** Numbers in a list at most. */
const MOST_NUMBERS = 1000;

const listOf =
  (number: (value: string) => number) =>
  (value: string): readonly number[] => {
    const numbers = value.split(",", MOST_NUMBERS + 1);
    if (numbers.length > MOST_NUMBERS) throw mustBeFewer(MOST_NUMBERS);
    return numbers.map(number);
  };

/** "0.1,1,10" */
export const positives = listOf(positive);

/** "1,2,4" */
export const counts = listOf(countTo(1_000_000));

/** "0.01,0.1": each above 0 and at most 1. */
export function fractions(value: string): readonly number[] {
  const numbers = positives(value);
  if (numbers.some((number) => number > 1)) throw mustBeAtMost1();
  return numbers;
}

/** "500MB" */
export function bytes(value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(kB|MB|GB)$/i.exec(value) ?? [];
  if (number === undefined || Number(number) === 0) throw mustBeASize();
  return Number(number) * { kb: 1e3, mb: 1e6, gb: 1e9 }[unit!.toLowerCase() as "kb" | "mb" | "gb"];
}

export function seed(value: string): number {
  if (!/^\d+$/.test(value) || Number(value) >= 2 ** 32) throw mustBeAtLeast0();
  return Number(value);
}

export function port(value: string): number {
  if (!/^\d+$/.test(value) || Number(value) > 65535) throw mustBeAPort();
  return Number(value);
}

/** "0,17": whole numbers, 0 or more. */
export const places = listOf(seed);

/** 8 or 32 bits. */
export const depth = (value: string): 8 | 32 => (oneOf(["8", "32"])(value) === "8" ? 8 : 32);

/** "0,4095": the first number below the second. */
export function levelRange(value: string): readonly [number, number] {
  const [low, high, ...more] = value.split(",").map(Number);
  if (low === undefined || high === undefined || more.length > 0 || !(low < high)) throw mustBeARange();
  return [low, high];
}

/** One of some words, however it is capitalized. */
export const oneOf =
  <Choice extends string>(choices: readonly Choice[]) =>
  (value: string): Choice => {
    const choice = choices.find((each) => each === value.toLowerCase());
    if (choice === undefined) throw mustBeOneOf(value, choices);
    return choice;
  };

/** "res4,res5": which names there are depends on the run. */
export const names = (value: string): readonly string[] => value.split(",").map((name) => name.trim());
