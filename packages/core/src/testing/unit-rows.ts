import fc from "fast-check";

/** Rows of length 1 along small whole numbers, among them equal, opposite and perpendicular ones. */
export const unitRows = (count: number, dim: number): fc.Arbitrary<number[][]> =>
  fc.array(unitRow(dim), { minLength: count, maxLength: count });

const unitRow = (dim: number) =>
  fc
    .array(fc.integer({ min: -3, max: 3 }), { minLength: dim, maxLength: dim })
    .filter((row) => row.some((x) => x !== 0))
    .map((row) => row.map((x) => x / Math.hypot(...row)));
