import fc from "fast-check";

import { ofLengthOne } from "./unit-rows.ts";

/** Rows of length 1 along small whole numbers, among them equal, opposite and perpendicular ones. */
export const anyUnitRows = (count: number, dim: number): fc.Arbitrary<number[][]> =>
  fc.array(anyUnitRow(dim), { minLength: count, maxLength: count });

const anyUnitRow = (dim: number) =>
  fc
    .array(fc.integer({ min: -3, max: 3 }), { minLength: dim, maxLength: dim })
    .filter((row) => row.some((x) => x !== 0))
    .map(ofLengthOne);
