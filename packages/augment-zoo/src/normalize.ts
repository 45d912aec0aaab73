import { withCanvas } from "./canvas.ts";

/** Mean and standard deviation of each channel, for levels scaled to 0 .. 1. */
export interface ChannelStatistics {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/** Pixels per chunk: memory does not grow with the input, and stays in the processor's cache. */
const CHUNK = 8192;

/**
 * Normalizes levels: `(level / 255 - mean) / deviation` per channel, in float32.
 *
 * The same numbers as torchvision's `ToTensor` and `Normalize`, bit by bit, but in the order of images: [...,
 * height, width, 3]. `target` has as many numbers as `pixels` has bytes.
 *
 * @example
 * ```ts
 * const numbers = new Float32Array(3);
 * normalize(Uint8Array.of(255, 0, 0), numbers, { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] });
 * numbers; // => [1, -1, -1]
 * ```
 */
export function normalize(pixels: Uint8Array, target: Float32Array, statistics: ChannelStatistics): void {
  withCanvas((canvas) => {
    const tables = canvas.workspace(4 * (3 * 256 + 3 * CHUNK) + 3 * CHUNK);
    const numbers = tables + 4 * 3 * 256;
    const input = numbers + 4 * 3 * CHUNK;
    const { buffer } = canvas.memory();
    new Float32Array(buffer, tables, 3 * 256).set(levelTables(statistics));
    for (let done = 0; done < pixels.length; done += 3 * CHUNK) {
      const data = pixels.subarray(done, done + 3 * CHUNK);
      canvas.memory().set(data, input);
      canvas.kernels.normalize(input, data.length / 3, numbers, tables);
      target.set(new Float32Array(buffer, numbers, data.length), done);
    }
  });
}

const { fround } = Math;

function levelTables({ mean, deviation }: ChannelStatistics): Float32Array {
  return Float32Array.from({ length: 3 * 256 }, (_, i) => {
    const channel = (i >> 8) as 0 | 1 | 2;
    return fround(fround((i & 255) / 255) - fround(mean[channel])) / fround(deviation[channel]);
  });
}
