/** Numbers of the tags that are looked at. */
export const TiffTag = {
  BitsPerSample: 258,
  Photometric: 262,
  Orientation: 274,
  SampleFormat: 339,
  DngVersion: 50706,
} as const;

/** Bytes of a value by its type: BYTE, ASCII, SHORT, LONG. */
const BYTES = [0, 1, 1, 2, 4];

/**
 * The first value of each tag of a TIFF file's first image, as far as they are whole numbers. BigTIFF and
 * damaged files have none.
 */
export function tiffTags(file: Uint8Array): ReadonlyMap<number, number> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const isLittle = bytes[0] === 0x49;
  const short = (at: number): number => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const tags = new Map<number, number>();
  try {
    if (short(2) !== 42) return tags;
    const directory = long(4);
    const count = short(directory);
    for (let at = directory + 2; at < directory + 2 + 12 * count; at += 12) {
      const [tag, type, values] = [short(at), short(at + 2), long(at + 4)];
      const size = BYTES[type] ?? 0;
      if (size === 0 || values === 0) continue;
      const place = size * values <= 4 ? at + 8 : long(at + 8);
      tags.set(tag, size === 1 ? bytes.readUInt8(place) : size === 2 ? short(place) : long(place));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a tag that points outside the file
  }
  return tags;
}
