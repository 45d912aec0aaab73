import { unitRows } from "./unit-rows.ts";

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
 * One seed starts with the same bits everywhere, as `unitRows` does.
 */
export const drawnDirections = (count: number, dim: number, draw: () => number): Float32Array =>
  unitRows(drawnValues(count * dim, draw), dim);
