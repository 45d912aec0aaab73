import sharp from "sharp";

/** libvips' decoders of the formats that are decoded. */
const DECODERS = ["Jpeg", "Png", "Webp", "Tiff", "Heif", "Nsgif"];

/**
 * Keeps libvips, in this process and its threads, from decoding any format but JPEG, PNG, WebP, TIFF, AVIF
 * and GIF. A file's format is looked at before it is decoded, so this is the second of two doors. It is for
 * programs that decode nothing else: drawings (SVG) would be refused elsewhere in the process too.
 */
export function blockOtherDecoders(): void {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: DECODERS.map((format) => `VipsForeignLoad${format}`) });
}
