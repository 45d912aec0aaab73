/**
 * Which levels of a 16-bit image become 0 .. 255.
 *
 * - "full": all of 0 .. 65535, by their high byte
 * - [low, high]: those from `low` to `high`, such as [0, 4095] for 12 bits; levels outside are clipped
 * - "auto": those from the lowest to the highest of the image itself
 */
export type LevelRange = "full" | "auto" | readonly [low: number, high: number];

/** The lowest and the highest level of a 16-bit image. */
export interface SeenLevels {
  readonly low: number;
  readonly high: number;
}

/** Whether levels take up less than a quarter of the 65536 that 16 bits have. */
export const isNarrow = ({ low, high }: SeenLevels): boolean => high - low < 65536 / 4;

/**
 * Levels of 16 bits as levels of 8.
 *
 * @example
 * ```ts
 * toBytes(Uint16Array.of(0, 2048, 4095), [0, 4095]).data; // => [0, 128, 255]
 * toBytes(Uint16Array.of(0, 2048, 4095), "full").data; // => [0, 8, 15]
 * ```
 */
export function toBytes(
  levels: Uint16Array,
  range: LevelRange,
): { readonly data: Uint8Array; readonly seen: SeenLevels } {
  let [low, high] = [65535, 0];
  for (const level of levels) {
    if (level < low) low = level;
    if (level > high) high = level;
  }
  const data = new Uint8Array(levels.length);
  if (range === "full") {
    for (let i = 0; i < levels.length; i++) data[i] = levels[i]! >> 8;
    return { data, seen: { low, high } };
  }
  const [first, last] = range === "auto" ? [low, Math.max(high, low + 1)] : range;
  const table = Uint8ClampedArray.from(
    { length: 65536 },
    (_, level) => (255 * (level - first)) / (last - first),
  );
  for (let i = 0; i < levels.length; i++) data[i] = table[levels[i]!]!;
  return { data, seen: { low, high } };
}
