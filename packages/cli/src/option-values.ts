import { InvalidArgumentError } from "commander";

export const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

export function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return number;
}

export function count(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return Number(value);
}

/** "0.1,1,10" */
export const positives = (value: string): readonly number[] => value.split(",").map(positive);

/** "0.01,0.1": each above 0 and at most 1. */
export function fractions(value: string): readonly number[] {
  const numbers = positives(value);
  if (numbers.some((number) => number > 1)) throw new InvalidArgumentError("It must be at most 1.");
  return numbers;
}

/** "500MB" */
export function bytes(value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(kB|MB|GB)$/i.exec(value) ?? [];
  if (number === undefined || Number(number) === 0)
    throw new InvalidArgumentError("It must be a size above 0 with its unit: 800kB, 500MB, 1.5GB.");
  return Number(number) * { kb: 1e3, mb: 1e6, gb: 1e9 }[unit!.toLowerCase() as "kb" | "mb" | "gb"];
}

export function seed(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("It must be a whole number from 0 on.");
  return Number(value);
}

export function port(value: string): number {
  if (!/^\d+$/.test(value) || Number(value) > 65535)
    throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return Number(value);
}

/** "0,17": whole numbers from 0 on. */
export const places = (value: string): readonly number[] => value.split(",").map(seed);
