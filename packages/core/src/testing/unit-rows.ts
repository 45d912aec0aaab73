import { fill } from "@tssl/engine/testing";

/**
 * Rows of length 1, each generated from its own name.
 *
 * @returns `count` rows of `dim` numbers; the same for the same name.
 */
export const unitRows = (name: string, count: number, dim = 3): number[][] =>
  Array.from({ length: count }, (_, i) => ofLengthOne([...fill(`${name} ${i}`, dim, 1)]));

export const ofLengthOne = (row: readonly number[]): number[] => row.map((x) => x / Math.hypot(...row));
