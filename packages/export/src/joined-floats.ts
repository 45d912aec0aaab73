/**
 * The numbers of several arrays, one array after the other.
 *
 * @example
 * ```ts
 * joinedFloats([Float32Array.of(1, 2), Float32Array.of(3)]); // => [1, 2, 3]
 * ```
 */
export function joinedFloats(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
  }
  return joined;
}
