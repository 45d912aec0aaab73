/** Filters in PyTorch's order, `[out, in, height, width]`. */
interface Filters {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Whether filters differ in the channels that they take, and in nothing else. */
export const differInChannels = (saved: readonly number[], wanted: readonly number[]): boolean =>
  saved.length === 4 &&
  wanted.length === 4 &&
  saved[1] !== wanted[1] &&
  [0, 2, 3].every((axis) => saved[axis] === wanted[axis]);

/**
 * Filters for another number of channels, as timm makes them: for one channel they are summed over those that
 * they take, so that grey gives what it gave three times over. For others they are repeated, channel c taking
 * that of c modulo those that there are, times `from / channels`: an image whose channels are all alike then
 * gives what it gave before, where `channels` is a multiple of `from`.
 *
 * @example
 * ```ts
 * const filters = { shape: [1, 3, 1, 1], data: Float32Array.of(1, 2, 4) };
 * [...withChannels(filters, 1).data]; // => [7]
 * [...withChannels(filters, 6).data]; // => [0.5, 1, 2, 0.5, 1, 2]
 * ```
 */
export function withChannels({ shape, data }: Filters, channels: number): Filters {
  const [out, from, height, width] = shape as [number, number, number, number];
  const area = height * width;
  const filters = new Float32Array(out * channels * area);
  const isSummed = channels === 1;
  const share = isSummed ? 1 : from / channels;
  for (let filter = 0; filter < out; filter++) {
    for (let channel = 0; channel < (isSummed ? from : channels); channel++) {
      const source = (filter * from + (channel % from)) * area;
      const target = (filter * channels + (isSummed ? 0 : channel)) * area;
      for (let i = 0; i < area; i++) filters[target + i]! += data[source + i]! * share;
    }
  }
  return { shape: [out, channels, height, width], data: filters };
}
