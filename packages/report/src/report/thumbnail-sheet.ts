import { decodeImage, type DecodeOptions, type ImageFile } from "@tssl/augment-zoo";
import sharp from "sharp";

/** Images decoded at a time. */
const AT_ONCE = 8;

export interface ThumbnailSheetOptions {
  /** Side of a thumbnail in pixels. */
  readonly tile: number;
  /** Thumbnails in a row. */
  readonly columns: number;
  readonly decoding: Pick<DecodeOptions, "range">;
}

/** One picture of all thumbnails, row by row, in WebP; an image that cannot be decoded is left black. */
export async function thumbnailSheet(
  files: readonly ImageFile[],
  { tile, columns, decoding }: ThumbnailSheetOptions,
): Promise<Uint8Array> {
  const [width, height] = [tile * columns, tile * Math.ceil(files.length / columns)];
  const sheet = Buffer.alloc(width * height * 3);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const place = next++;
      const pixels = await thumbnail(files[place]!, tile, decoding).catch(() => undefined);
      const [left, top] = [tile * (place % columns), tile * Math.floor(place / columns)];
      for (let row = 0; pixels !== undefined && row < tile; row++) {
        pixels.copy(sheet, 3 * ((top + row) * width + left), 3 * row * tile, 3 * (row + 1) * tile);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sharp(sheet, { raw: { width, height, channels: 3 } })
    .webp({ quality: 75 })
    .toBuffer();
}

async function thumbnail(
  file: ImageFile,
  tile: number,
  decoding: Pick<DecodeOptions, "range">,
): Promise<Buffer> {
  const { width, height, data } = await decodeImage(file, decoding);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(tile, tile)
    .raw()
    .toBuffer();
}
