import { fill } from "@tssl/engine/testing";
import fc from "fast-check";

/**
 * Rows of length 1, each generated from its own name.
 *
 * @returns `count` rows of `dim` numbers; the same for the same name.
 */
export const unitRows = (name: string, count: number, dim = 3): number[][] =>
  Array.from({ length: count }, (_, i) => ofLengthOne([...fill(`${name} ${i}`, dim, 1)]));

/** Rows of length 1 along small whole numbers, among them equal, opposite and perpendicular ones. */
export const anyUnitRows = (count: number, dim: number): fc.Arbitrary<number[][]> =>
  fc.array(anyUnitRow(dim), { minLength: count, maxLength: count });

const anyUnitRow = (dim: number) =>
  fc
    .array(fc.integer({ min: -3, max: 3 }), { minLength: dim, maxLength: dim })
    .filter((row) => row.some((x) => x !== 0))
    .map(ofLengthOne);

const ofLengthOne = (row: readonly number[]): number[] => row.map((x) => x / Math.hypot(...row));
