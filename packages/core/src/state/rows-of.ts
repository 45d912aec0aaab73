/** Chosen rows of a matrix `[N, dim]`, one after another, as an array of their own. */
export function rowsOf(
  values: Float32Array,
  dim: number,
  indices: Int32Array | readonly number[],
): Float32Array {
  const rows = new Float32Array(indices.length * dim);
  indices.forEach((index, row) => rows.set(values.subarray(index * dim, (index + 1) * dim), row * dim));
  return rows;
}
