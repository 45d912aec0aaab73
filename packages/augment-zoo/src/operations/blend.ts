/**
 * Levels between `base` and `level`: base + factor * (level - base), the arithmetic of `Image.blend` and so of every
 * `ImageEnhance` class.
 *
 * In float32 and truncated. A factor outside 0 .. 1 leads past `level` or away from it, clipped to 0 .. 255.
 */
export function blendTable(base: number, factor: number): Uint8Array {
  const table = new Uint8Array(256);
  const f = Math.fround(factor);
  for (let level = 0; level < 256; level++) {
    const mixed = Math.fround(base + Math.fround(f * (level - base)));
    table[level] = mixed <= 0 ? 0 : mixed >= 255 ? 255 : mixed; // storing truncates
  }
  return table;
}

/** The products factor * difference in float32, for differences -255 .. 255 at index 0 .. 510. */
export function blendProducts(factor: number): Float32Array {
  const f = Math.fround(factor);
  const products = new Float32Array(511);
  for (let i = 0; i < 511; i++) products[i] = f * (i - 255); // storing rounds to float32
  return products;
}

/** One pixel's level from the table of products: the same number as `blendTable(base, factor)[level]`. */
export function blendLevel(base: number, level: number, products: Float32Array): number {
  const mixed = Math.fround(base + products[level - base + 255]!);
  return mixed <= 0 ? 0 : mixed >= 255 ? 255 : mixed | 0;
}
