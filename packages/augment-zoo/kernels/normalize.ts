/** Looks up each channel's levels in a table of 256 float32 numbers; the three tables follow one another. */
export function normalize(at: usize, count: i32, to: usize, tables: usize): void {
  const end = at + 3 * count;
  for (; at < end; at += 3, to += 12) {
    store<f32>(to, load<f32>(tables + (<usize>load<u8>(at) << 2)));
    store<f32>(to, load<f32>(tables + (<usize>load<u8>(at, 1) << 2), 1024), 4);
    store<f32>(to, load<f32>(tables + (<usize>load<u8>(at, 2) << 2), 2048), 8);
  }
}
