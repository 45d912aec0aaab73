/** Formats that are decoded. */
export type DecodedFormat = "AVIF" | "GIF" | "JPEG" | "NPY" | "PNG" | "TIFF" | "WebP";

/** What a file holds, by its content alone. */
export interface ImageFormat {
  /** E.g. "HEIC". */
  readonly name: string;
  readonly isDecoded: boolean;
}

/** A format, and how it begins: bytes at a place, in Latin-1. */
type Mark = readonly [name: string, at: number, bytes: string];

const DECODED: readonly (readonly [DecodedFormat, number, string])[] = [
  ["JPEG", 0, "\xff\xd8\xff"],
  ["PNG", 0, "\x89PNG\r\n\x1a\n"],
  ["GIF", 0, "GIF87a"],
  ["GIF", 0, "GIF89a"],
  ["NPY", 0, "\x93NUMPY"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["TIFF", 0, "II+\0"], // BigTIFF
  ["TIFF", 0, "MM\0+"],
];

/** Formats of pictures that are not decoded, and others that are met under the name of one. */
const REFUSED: readonly Mark[] = [
  ["BMP", 0, "BM"],
  ["ICO", 0, "\0\0\x01\0"],
  ["CUR", 0, "\0\0\x02\0\x01\0"],
  ["JPEG 2000", 0, "\0\0\0\x0cjP  \r\n\x87\n"],
  ["JPEG 2000", 0, "\xff\x4f\xff\x51"],
  ["JPEG XL", 0, "\xff\x0a"],
  ["JPEG XL", 0, "\0\0\0\x0cJXL \r\n\x87\n"],
  ["JPEG XR", 0, "II\xbc"],
  ["OpenEXR", 0, "v/1\x01"],
  ["Photoshop", 0, "8BPS"],
  ["Radiance HDR", 0, "#?RADIANCE"],
  ["Radiance HDR", 0, "#?RGBE"],
  ["PDF", 0, "%PDF-"],
  ["PostScript", 0, "%!PS"],
  ["PostScript", 0, "\xc5\xd0\xd3\xc6"],
  ["DDS", 0, "DDS "],
  ["QOI", 0, "qoif"],
  ["FLIF", 0, "FLIF"],
  ["BPG", 0, "BPG\xfb"],
  ["DjVu", 0, "AT&TFORM"],
  ["XCF", 0, "gimp xcf"],
  ["SGI", 0, "\x01\xda"],
  ["Sun raster", 0, "\x59\xa6\x6a\x95"],
  ["FITS", 0, "SIMPLE  ="],
  ["DICOM", 128, "DICM"],
  ["Fujifilm raw", 0, "FUJIFILMCCD-RAW"],
  ["Olympus raw", 0, "IIRO"],
  ["Panasonic raw", 0, "IIU\0"],
];

/** Brands of the ISO base media file format, from which AVIF, HEIC and videos are made. */
const BRANDS: readonly (readonly [name: string, brands: readonly string[]])[] = [
  ["AVIF", ["avif", "avis"]],
  ["HEIC", ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"]],
  ["HEIF", ["mif1", "msf1", "miaf", "1pic", "vvic"]],
  ["Canon raw", ["crx "]],
];

/** Bytes in which a mark is looked for. */
const MOST = 1024;

/** The format of a file by its content; undefined if it is none that we know. */
export function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(MOST, bytes.length)).toString("latin1");
  const holds = ([, at, mark]: Mark): boolean => start.startsWith(mark, at);
  const refused = (name: string): ImageFormat => ({ name, isDecoded: false });

  // Canon's raw files are TIFF files with a mark of their own behind TIFF's.
  if (start.startsWith("II*\0") && start.startsWith("CR\x02", 8)) return refused("Canon raw");
  const decoded = DECODED.find(holds);
  if (decoded !== undefined) return { name: decoded[0], isDecoded: true };
  if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) return { name: "WebP", isDecoded: true };
  if (start.startsWith("ftyp", 4)) return isoFormat(start);
  const known = REFUSED.find(holds);
  if (known !== undefined) return refused(known[0]);
  if (/^P[1-7][ \t\r\n]/.test(start)) return refused("PPM");
  if (/^P[Ff]\n/.test(start)) return refused("PFM");
  if (
    /^(\xef\xbb\xbf)?\s*<(\?xml|!--|!DOCTYPE svg|svg|svg:svg)[\s>]/i.test(start) &&
    /<(svg:)?svg[\s>]/i.test(start)
  ) {
    return refused("SVG");
  }
  return isTarga(bytes, start) ? refused("TGA") : undefined;
}

/** Of the brands of a file the first of the list above counts: AVIF files say that they are HEIF as well. */
function isoFormat(start: string): ImageFormat | undefined {
  const length = (start.charCodeAt(2) << 8) | start.charCodeAt(3);
  const words = start.slice(8, Math.min(length, MOST)).match(/.{4}/gs) ?? [];
  const brands = words.filter((_, i) => i !== 1); // the second is a version
  const found = BRANDS.find(([, known]) => known.some((brand) => brands.includes(brand)));
  if (found === undefined) return { name: "video", isDecoded: false };
  return { name: found[0], isDecoded: found[0] === "AVIF" };
}

/** TGA has no mark at its start: version 2 has one at its end, and of version 1 the header must be sound. */
function isTarga(bytes: Uint8Array, start: string): boolean {
  if (bytes.length < 44) return false;
  const end = Buffer.from(bytes.buffer, bytes.byteOffset + bytes.length - 18, 18).toString("latin1");
  if (end === "TRUEVISION-XFILE.\0") return true;
  const [hasPalette, type, depth] = [bytes[1]!, bytes[2]!, bytes[16]!];
  const size = (at: number): number => bytes[at]! + 256 * bytes[at + 1]!;
  const isPalette = hasPalette === 1 && (type === 1 || type === 9) && depth === 8;
  const isColour = hasPalette === 0 && (type === 2 || type === 10) && [15, 16, 24, 32].includes(depth);
  const isGrey = hasPalette === 0 && (type === 3 || type === 11) && depth === 8;
  const hasNoPalette = hasPalette === 1 || start.slice(3, 8) === "\0\0\0\0\0";
  return (
    (isPalette || isColour || isGrey) &&
    hasNoPalette &&
    size(12) > 0 &&
    size(14) > 0 &&
    (bytes[17]! & 0xc0) === 0
  );
}
