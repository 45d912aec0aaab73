/**
 * `count` numbers, drawn one after another. `Float32Array.from` takes twice as long, and a network has tens
 * of millions of weights.
 */
export function drawnValues(count: number, draw: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = draw();
  return values;
}

/**
 * Random directions, `count` rows of `dim` numbers, each row of length 1: a first value of queues and banks.
 *
 * Lengths are computed here in double precision, and not by the engine, so that one seed starts with the same
 * bits on every engine and processor.
 */
export function drawnDirections(count: number, dim: number, draw: () => number): Float32Array {
  const values = drawnValues(count * dim, draw);
  for (let start = 0; start < values.length; start += dim) {
    const row = values.subarray(start, start + dim);
    let sum = 0;
    for (const x of row) sum += x * x;
    const length = Math.sqrt(sum);
    for (let i = 0; i < dim; i++) row[i]! /= length;
  }
  return values;
}
