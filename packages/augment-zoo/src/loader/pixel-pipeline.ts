import type { AppliedOperation } from "../applied.ts";
import type { BandImage } from "../bands/band-image.ts";
import { decodeBands } from "../bands/decode-bands.ts";
import { replayBands } from "../bands/replay-bands.ts";
import { decodeOpened, type OpenedImage, sizeOf, sizeOfBands } from "../decoding/open-image.ts";
import type { SeenLevels } from "../decoding/levels.ts";
import { asGrey, withGreyFills } from "../grey.ts";
import type { Image, Size } from "../image.ts";
import { type ImageDecoding, pixelFormat } from "../pixel-format.ts";
import { replay, replayInto } from "../replay.ts";

/** A decoded file: RGB bytes, grey as such, or bands. */
export type DecodedImage = Image | BandImage;

/** How images are decoded, kept in memory, and made into views. */
export interface PixelPipeline {
  /** Bytes of a pixel of a decoded file. */
  readonly decodedBytes: number;
  /** Width and height, from the header. */
  sizeOf(opened: OpenedImage): Size | Promise<Size>;
  decode(opened: OpenedImage): Promise<{ readonly image: DecodedImage; readonly levels?: SeenLevels }>;
  /** A decoded file as the cache keeps it, and back. */
  toBytes(image: DecodedImage): Uint8Array;
  fromBytes(kept: Image): DecodedImage;
  /** Carries out the operations of a view into the view's bytes. */
  render(image: DecodedImage, applied: readonly AppliedOperation[], target: Uint8Array): void;
}

export function pixelPipeline(decoding: ImageDecoding): PixelPipeline {
  const { channels, depth } = pixelFormat(decoding);
  const range = decoding.range === undefined ? {} : { range: decoding.range };
  if (depth === 32) return bands({ channels, ...range });
  return channels === 1 ? grey(range) : colours(range);
}

type Range = Pick<ImageDecoding, "range">;

const colours = (range: Range): PixelPipeline => ({
  decodedBytes: 3,
  sizeOf,
  decode: (opened) => decodeOpened(opened, range),
  toBytes: ({ data }) => data as Uint8Array,
  fromBytes: (kept) => kept,
  render: (image, applied, target) => replayInto(image as Image, applied, target),
});

/** Grey goes through the operations on colours, which keep it grey; a view has one of three channels. */
const grey = (range: Range): PixelPipeline => ({
  ...colours(range),
  async decode(opened) {
    const decoded = await decodeOpened(opened, range);
    return { ...decoded, image: asGrey(decoded.image) };
  },
  render(image, applied, target) {
    const { data } = replay(image as Image, withGreyFills(applied));
    for (let i = 0; i < target.length; i++) target[i] = data[3 * i]!;
  },
});

const bands = (options: Range & { readonly channels: number }): PixelPipeline => ({
  decodedBytes: 4 * options.channels,
  sizeOf: sizeOfBands,
  decode: async (opened) => ({ image: await decodeBands(opened, options) }),
  toBytes: ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  fromBytes: ({ width, height, data }) => ({
    ...{ width, height, channels: options.channels },
    data: new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4),
  }),
  render(image, applied, target) {
    const { data } = replayBands(image as BandImage, applied);
    new Float32Array(target.buffer, target.byteOffset, data.length).set(data);
  },
});
