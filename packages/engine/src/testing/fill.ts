/**
 * `count` values in `[-scale, scale)` that depend only on a name, for inputs that golden files then need not
 * store. packages/core/fixtures/fill.py gives the same numbers, bit for bit.
 *
 *     h    = FNV-1a of the name's UTF-8 bytes
 *     x_i  = mix(h + i * 0x9E3779B9 mod 2^32)       mix: two xor-shift-multiply rounds
 *     y_i  = float32((x_i / 2^32 * 2 - 1) * scale)
 */
export function fill(name: string, count: number, scale: number): Float32Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Float32Array.from({ length: count }, (_, i) => {
    let x = (seed + Math.imul(i, 0x9e3779b9)) | 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x7feb352d);
    x ^= x >>> 15;
    x = Math.imul(x, 0x846ca68b);
    x ^= x >>> 16;
    return (((x >>> 0) / 2 ** 32) * 2 - 1) * scale;
  });
}
