/**
 * Levels between `base` and `level`: base + factor * (level - base), the arithmetic of `Image.blend` and so
 * of every `ImageEnhance` class.
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
