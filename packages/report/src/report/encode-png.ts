import type { Image } from "@tssl/augment-zoo";
import sharp from "sharp";

/** Larger images than this, in pixels of the longer side, are shown smaller. */
const LARGEST_SIDE = 128;

/** An image as a page carries it. */
export const encodePng = ({ width, height, data }: Image): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: LARGEST_SIDE, height: LARGEST_SIDE, fit: "inside", withoutEnlargement: true })
    .png()
    .toBuffer();
