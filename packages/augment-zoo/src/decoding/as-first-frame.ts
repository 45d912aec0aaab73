/**
 * A GIF whose first frame has no transparent colour. libvips would give transparent pixels as black; Pillow
 * gives the colour of the palette that stands under them.
 */
export function withoutTransparency(gif: Uint8Array): Uint8Array {
  const hasPalette = (gif[10]! & 0x80) !== 0;
  let at = 13 + (hasPalette ? 3 * 2 ** ((gif[10]! & 7) + 1) : 0);
  // Extensions before the first image: 0x21, a label, blocks with their length, a length of 0.
  while (gif[at] === 0x21) {
    const isControl = gif[at + 1] === 0xf9;
    if (isControl && (gif[at + 3]! & 1) === 1) {
      const opaque = Uint8Array.from(gif);
      opaque[at + 3]! &= 0xfe;
      return opaque;
    }
    at += 2;
    while (gif[at] !== undefined && gif[at] !== 0) at += 1 + gif[at]!;
    at++;
  }
  return gif;
}

/**
 * An animated AVIF as a single image. Such a file holds its first frame as an image too, which libvips reads
 * if the file's first brand is that of an image.
 */
export function asStillAvif(avif: Uint8Array): Uint8Array {
  if (Buffer.from(avif.buffer, avif.byteOffset + 8, 4).toString("latin1") !== "avis") return avif;
  const still = Uint8Array.from(avif);
  still[11] = "f".charCodeAt(0);
  return still;
}
