/**
 * The value below which a share of numbers lies; between two of them on the line from one to the other, as
 * numpy's percentile has it.
 *
 * @param sorted one number or more, ascending. @param share 0 .. 1.
 *
 * @example
 * ```ts
 * percentile([1, 2, 4], 0.75); // => 3
 * ```
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (place - Math.floor(place)) * (above - below);
}
