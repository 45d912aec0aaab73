/** float16 as float32: a sign, 5 bits of exponent, 10 of fraction. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** bfloat16 as float32, of which it is the upper half. */
export const fromBfloat16 = (bits: Uint16Array): Float32Array =>
  new Float32Array(Uint32Array.from(bits, (upper) => upper << 16).buffer);
