/** Counts of each level: 256 for red, then green, then blue. As `Image.histogram()` of an RGB image. */
export function histogram(data: Uint8Array): Int32Array {
  const counts = new Int32Array(768);
  for (let i = 0; i < data.length; i += 3) {
    counts[data[i]!]!++;
    counts[256 + data[i + 1]!]!++;
    counts[512 + data[i + 2]!]!++;
  }
  return counts;
}
