/** The levels of a 16-bit image that become 0 and 255, such as [0, 4095] for 12 bits; others are clipped. */
export type LevelRange = readonly [low: number, high: number];

/** The lowest and the highest level of a 16-bit image. */
export interface SeenLevels {
  readonly low: number;
  readonly high: number;
}

/** Whether levels take up less than a quarter of the 65536 that 16 bits have. */
export const isNarrow = ({ low, high }: SeenLevels): boolean => high - low < 65536 / 4;

/**
 * Levels of 16 bits as levels of 8: their high byte, or those of a range.
 *
 * @example
 * ```ts
 * toBytes(Uint16Array.of(0, 2048, 4095)).data; // => [0, 8, 15]
 * toBytes(Uint16Array.of(0, 2048, 4095), [0, 4095]).data; // => [0, 128, 255]
 * ```
 */
export function toBytes(
  levels: Uint16Array,
  range?: LevelRange,
): { readonly data: Uint8Array; readonly seen: SeenLevels } {
  let [low, high] = [65535, 0];
  for (const level of levels) {
    if (level < low) low = level;
    if (level > high) high = level;
  }
  const table = Uint8ClampedArray.from({ length: 65536 }, (_, level) =>
    range === undefined ? level >> 8 : (255 * (level - range[0])) / (range[1] - range[0]),
  );
  const data = new Uint8Array(levels.length);
  for (let i = 0; i < levels.length; i++) data[i] = table[levels[i]!]!;
  return { data, seen: { low, high } };
}
