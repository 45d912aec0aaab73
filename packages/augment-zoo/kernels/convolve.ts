/**
 * A symmetric kernel along y and then along x, in float32, rounded once at the end, halves to even. `weights`
 * holds radius + 1 numbers from the middle outwards. Beyond the border the image is mirrored about its
 * outermost pixels, or black.
 *
 * `work` is room for 2 * radius + 1 addresses, a row of bytes, and a row of floats with `radius` pixels more
 * on either side.
 */
export function convolve(
  from: usize, to: usize, width: i32, height: i32, radius: i32, weights: usize, mirrored: bool, work: usize,
): void {
  const stride = width * 3;
  const addresses = work;
  const black = addresses + (((2 * radius + 1) << 2) + 64);
  const line = black + stride + 64 + ((radius * 3) << 2);
  memory.fill(black, 0, stride + 64);
  for (let y = 0; y < height; y++) {
    for (let k = -radius; k <= radius; k++) {
      const row = mirrored ? mirror(y + k, height) : y + k;
      store<u32>(addresses + ((k + radius) << 2), <u32>row < <u32>height ? from + row * stride : black);
    }
    alongColumns(addresses + (radius << 2), line, stride, radius, weights);
    for (let k = 1; k <= radius; k++) {
      for (let c = 0; c < 3; c++) {
        const before = mirrored ? load<f32>(line + ((mirror(-k, width) * 3 + c) << 2)) : 0;
        const after = mirrored ? load<f32>(line + ((mirror(width - 1 + k, width) * 3 + c) << 2)) : 0;
        store<f32>(line + ((c - 3 * k) << 2), before);
        store<f32>(line + ((stride - 3 + c + 3 * k) << 2), after);
      }
    }
    alongRow(line, to + y * stride, stride, radius, weights);
  }
}

function mirror(i: i32, length: i32): i32 {
  if (length == 1) return 0;
  const period = 2 * (length - 1);
  i = i % period;
  if (i < 0) i += period;
  return i < length ? i : period - i;
}

/** Weighs rows, whose addresses stand around `middle`. */
function alongColumns(middle: usize, line: usize, stride: i32, radius: i32, weights: usize): void {
  for (let x = 0; x < stride; x += 8) {
    const own = v128.load8x8_u(<usize>load<u32>(middle) + x);
    const weight = v128.load32_splat(weights);
    let left = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(own)), weight);
    let right = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(own)), weight);
    for (let k = 1; k <= radius; k++) {
      const pair = i16x8.add(
        v128.load8x8_u(<usize>load<u32>(middle - (k << 2)) + x),
        v128.load8x8_u(<usize>load<u32>(middle + (k << 2)) + x),
      );
      const w = v128.load32_splat(weights + (k << 2));
      left = f32x4.add(left, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(pair)), w));
      right = f32x4.add(right, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(pair)), w));
    }
    v128.store(line + (x << 2), left);
    v128.store(line + (x << 2), right, 16);
  }
}

function alongRow(line: usize, to: usize, stride: i32, radius: i32, weights: usize): void {
  for (let x = 0; x < stride; x += 4) {
    const at = line + (x << 2);
    let sum = f32x4.mul(v128.load(at), v128.load32_splat(weights));
    for (let k = 1; k <= radius; k++) {
      const pair = f32x4.add(v128.load(at - k * 12), v128.load(at + k * 12));
      sum = f32x4.add(sum, f32x4.mul(pair, v128.load32_splat(weights + (k << 2))));
    }
    const levels = i32x4.trunc_sat_f32x4_s(f32x4.nearest(sum));
    const words = i16x8.narrow_i32x4_s(levels, levels);
    v128.store32_lane(to + x, i8x16.narrow_i16x8_u(words, words), 0);
  }
}
