/**
 * `count` numbers, drawn one after another. `Float32Array.from` takes twice as long, and a network has tens
 * of millions of weights.
 */
export function drawnValues(count: number, draw: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = draw();
  return values;
}
