/** Maps red, green and blue of `count` pixels through a table of 256 levels each, in place. */
export function lookUp(at: usize, count: i32, tables: usize): void {
  const end = at + 3 * count;
  const whole = at + 3 * (count & ~3);
  for (; at < whole; at += 12) {
    const a = load<u32>(at);
    const b = load<u32>(at, 4);
    const c = load<u32>(at, 8);
    store<u8>(at, load<u8>(tables + (a & 255)), 0);
    store<u8>(at, load<u8>(tables + ((a >> 8) & 255), 256), 1);
    store<u8>(at, load<u8>(tables + ((a >> 16) & 255), 512), 2);
    store<u8>(at, load<u8>(tables + (a >> 24)), 3);
    store<u8>(at, load<u8>(tables + (b & 255), 256), 4);
    store<u8>(at, load<u8>(tables + ((b >> 8) & 255), 512), 5);
    store<u8>(at, load<u8>(tables + ((b >> 16) & 255)), 6);
    store<u8>(at, load<u8>(tables + (b >> 24), 256), 7);
    store<u8>(at, load<u8>(tables + (c & 255), 512), 8);
    store<u8>(at, load<u8>(tables + ((c >> 8) & 255)), 9);
    store<u8>(at, load<u8>(tables + ((c >> 16) & 255), 256), 10);
    store<u8>(at, load<u8>(tables + (c >> 24), 512), 11);
  }
  for (; at < end; at += 3) {
    store<u8>(at, load<u8>(tables + load<u8>(at)));
    store<u8>(at, load<u8>(tables + load<u8>(at, 1), 256), 1);
    store<u8>(at, load<u8>(tables + load<u8>(at, 2), 512), 2);
  }
}

/** Counts of each level: 256 32-bit numbers for red, then green, then blue. They must be 0 before. */
export function histogram(at: usize, count: i32, counts: usize): void {
  const end = at + 3 * count;
  for (; at < end; at += 3) {
    const red = counts + (<usize>load<u8>(at) << 2);
    const green = counts + (<usize>load<u8>(at, 1) << 2);
    const blue = counts + (<usize>load<u8>(at, 2) << 2);
    store<u32>(red, load<u32>(red) + 1);
    store<u32>(green, load<u32>(green, 1024) + 1, 1024);
    store<u32>(blue, load<u32>(blue, 2048) + 1, 2048);
  }
}
