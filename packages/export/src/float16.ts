/**
 * Whether an array of this shape is stored as float16 where an export asks for it: matrices and filters are.
 * Vectors, such as the statistics of batch norm, stay float32: they are short, and their values may be too
 * large or too close to 0 for float16.
 */
export const isHalved = (shape: readonly number[]): boolean => shape.filter((size) => size > 1).length > 1;

/**
 * Values as the bits of float16: half the size, three digits.
 *
 * @returns one number of 16 bits for each value.
 */
export function float16Of(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, float16);
}

/**
 * The bits of the float16 nearest to a float32, halves to even (IEEE 754).
 *
 * @param bits of the float32.
 */
export function float16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and more: infinity
  if (magnitude >= 0x38800000) return sign | halfToEven(magnitude - 0x38000000, 13); // 2^-14 and more
  const shift = 126 - (magnitude >>> 23); // below, whole multiples of 2^-24
  return shift > 24 ? sign : sign | halfToEven((magnitude & 0x7fffff) | 0x800000, shift);
}

/** value / 2^shift, rounded to a whole number. */
function halfToEven(value: number, shift: number): number {
  const floor = value >>> shift;
  const rest = value - floor * 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && floor % 2 === 1) ? floor + 1 : floor;
}
