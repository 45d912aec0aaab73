import { type OpenedImage, rawSamples } from "../decoding/open-image.ts";
import type { LevelRange } from "../decoding/levels.ts";
import { bandsNotFinite, bandsOutOfRange, otherBands } from "../messages/bands.ts";
import type { BandImage } from "./band-image.ts";
import { readNpy } from "./npy.ts";
import { readTiff } from "./read-tiff.ts";
import type { Samples, SampleType } from "./samples.ts";

export interface BandOptions {
  /** Bands of each image. */
  readonly channels: number;
  /** The numbers that become 0 and 1; others are clipped. By default the whole range of 8 or 16 bits. */
  readonly range?: LevelRange;
}

/** The range of each number type that has one. */
const WHOLE: Readonly<Partial<Record<SampleType, LevelRange>>> = { uint8: [0, 255], uint16: [0, 65535] };

/**
 * Decodes an image to `channels` bands of 0 .. 1 in float32: `(x - low) / (high - low)` of the range.
 *
 * Arrays of NumPy and TIFFs are read as the numbers that they hold, other formats as grey or red, green and
 * blue of 8 or 16 bits; alpha is a band where `channels` counts it, and dropped where it does not.
 *
 * @throws {ImageError} naming the file where it has another number of bands, numbers that are not finite, or,
 * without a range, numbers outside 0 .. 1 of a type that has no range of its own.
 */
export async function decodeBands(image: OpenedImage, { channels, range }: BandOptions): Promise<BandImage> {
  const samples = await samplesOf(image, channels);
  if (samples.channels !== channels) throw otherBands(image.name, samples.channels, channels);
  const [low, high] = range ?? WHOLE[samples.type] ?? [0, 1];
  const isOpen = range === undefined && WHOLE[samples.type] === undefined;
  const { width, height, data } = samples;
  const scaled = new Float32Array(data.length);
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < scaled.length; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) throw bandsNotFinite(image.name);
    if (value < least) least = value;
    if (value > most) most = value;
    const share = (value - low) / (high - low);
    scaled[i] = share < 0 ? 0 : share > 1 ? 1 : share;
  }
  if (isOpen && (least < 0 || most > 1)) throw bandsOutOfRange(image.name, least, most);
  return { width, height, channels, data: scaled };
}

async function samplesOf(image: OpenedImage, channels: number): Promise<Samples> {
  if (image.format === "NPY") return readNpy(image.name, image.bytes);
  if (image.format === "TIFF") return readTiff(image.name, image.bytes);
  const samples = await rawSamples(image);
  const hasAlpha = samples.channels === 2 || samples.channels === 4;
  return hasAlpha && samples.channels === channels + 1 ? withoutLast(samples) : samples;
}

/** The bands but the last. */
function withoutLast({ width, height, channels, type, data }: Samples): Samples {
  const kept = channels - 1;
  return {
    ...{ width, height, channels: kept, type },
    data: Float32Array.from({ length: width * height * kept }, (_, i) => {
      return data[Math.floor(i / kept) * channels + (i % kept)]!;
    }),
  };
}
