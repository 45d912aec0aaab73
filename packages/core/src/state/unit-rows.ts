/** Shorter rows are divided by this instead of their length; a row of zeros stays. */
const SHORTEST = 1e-12;

/**
 * Scales each row of `dim` numbers to length 1, where it stands.
 *
 * Lengths are computed in double precision, and not by the engine: the same bits on every engine and
 * processor.
 *
 * @returns `values`.
 *
 * @example
 * ```ts
 * unitRows(Float32Array.of(3, 4, 0, 0), 2); // => [0.6, 0.8, 0, 0]
 * ```
 */
export function unitRows(values: Float32Array, dim: number): Float32Array {
  for (let start = 0; start < values.length; start += dim) {
    const row = values.subarray(start, start + dim);
    let sum = 0;
    for (const x of row) sum += x * x;
    const length = Math.max(Math.sqrt(sum), SHORTEST);
    for (let i = 0; i < dim; i++) row[i]! /= length;
  }
  return values;
}
