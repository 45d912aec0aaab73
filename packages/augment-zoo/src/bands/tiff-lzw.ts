const CLEAR = 256;
const END = 257;
const LARGEST = 4096;

/**
 * TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, highest bit first, whose width grows one code
 * early.
 *
 * @param most bytes that are wanted; what comes after them is not unpacked.
 */
export function unpackLzw(packed: Uint8Array, most: number): Uint8Array {
  const result = new Uint8Array(most);
  // A code stands for bytes that were written before: where they begin, and how many they are.
  const starts = new Uint32Array(LARGEST);
  const lengths = new Uint32Array(LARGEST);
  let [known, width, previous, written] = [END + 1, 9, CLEAR, 0];
  let [bits, held] = [0, 0];
  for (let at = 0; written < most;) {
    while (held < width && at < packed.length) {
      bits = ((bits << 8) | packed[at++]!) & 0xffffff;
      held += 8;
    }
    if (held < width) break;
    const code = (bits >> (held - width)) & ((1 << width) - 1);
    held -= width;
    if (code === END) break;
    if (code === CLEAR) {
      [known, width, previous] = [END + 1, 9, CLEAR];
      continue;
    }
    const start = written;
    const isByte = code < CLEAR;
    if (!isByte && (code > known || previous === CLEAR)) break; // damaged
    if (isByte) {
      result[written++] = code;
    } else {
      const isNew = code === known; // the bytes before, and the first of them again
      const from = isNew ? start - lengthOf(previous, lengths) : starts[code]!;
      const length = isNew ? lengthOf(previous, lengths) + 1 : lengths[code]!;
      for (let i = 0; i < length && written < most; i++) result[written++] = result[from + i]!;
    }
    if (previous !== CLEAR && known < LARGEST) {
      lengths[known] = lengthOf(previous, lengths) + 1;
      starts[known] = start - lengthOf(previous, lengths);
      known++;
    }
    if (known >= (1 << width) - 1 && width < 12) width++;
    previous = code;
  }
  return result.subarray(0, written);
}

const lengthOf = (code: number, lengths: Uint32Array): number => (code < CLEAR ? 1 : lengths[code]!);
