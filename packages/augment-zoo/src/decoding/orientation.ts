import { inflateSync } from "node:zlib";

import type { DecodedFormat } from "./image-format.ts";
import { tiffTags, TiffTag } from "./tiff-tags.ts";

/** How the pixels of a file are to be turned: 1 .. 8, as EXIF numbers it. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ANYWHERE = Buffer.from("tiff:Orientation");
const TURNS = ["irot", "imir"];
const PROFILE = "Raw profile type exif";

/**
 * The orientation that a file states in other ways than as EXIF data, which the decoder reads itself: as XMP,
 * or as the text in which older programs keep EXIF data in a PNG. Undefined if there is none.
 *
 * Pillow looks at the same places: at XMP where EXIF says nothing, by the same pattern.
 */
export function orientationInText(bytes: Uint8Array, format: DecodedFormat): Orientation | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (format === "PNG") {
    const texts = pngTexts(file);
    const profile = texts.get(PROFILE);
    return (
      (profile === undefined ? undefined : orientationOfProfile(profile)) ??
      orientationOfXmp(texts.get("XML:com.adobe.xmp") ?? "")
    );
  }
  // The decoder applies AVIF's own rotation and mirroring, which count more than XMP.
  if (!file.includes(ANYWHERE) || (format === "AVIF" && TURNS.some((box) => file.includes(box)))) {
    return undefined;
  }
  return orientationOfXmp(file.toString("latin1"));
}

function orientationOfXmp(text: string): Orientation | undefined {
  return orientation(Number(/tiff:Orientation(?:="|>)([0-9])/.exec(text)?.[1]));
}

const orientation = (value: number): Orientation | undefined =>
  value >= 1 && value <= 8 ? (value as Orientation) : undefined;

/** The text of ImageMagick: a name, a length, and the bytes in hexadecimal digits. */
function orientationOfProfile(profile: string): Orientation | undefined {
  const bytes = Buffer.from(profile.split("\n").slice(3).join(""), "hex");
  const tiff = bytes.subarray(bytes.toString("latin1", 0, 6) === "Exif\0\0" ? 6 : 0);
  return orientation(tiffTags(tiff).get(TiffTag.Orientation) ?? 0);
}

/** The texts of a PNG before its pixels end, by their keyword. */
function pngTexts(png: Buffer): Map<string, string> {
  const texts = new Map<string, string>();
  for (let at = 8; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at);
    const kind = png.toString("latin1", at + 4, at + 8);
    if (kind === "tEXt" || kind === "zTXt" || kind === "iTXt") {
      const body = png.subarray(at + 8, at + 8 + length);
      const end = body.indexOf(0);
      const text = textOf(kind, body, end);
      if (text !== undefined) texts.set(body.toString("latin1", 0, end), text);
    }
    at += 12 + length;
  }
  return texts;
}

/** Largest text that is inflated, in bytes: a small file may hold a very long one. */
const LONGEST = 2 ** 20;

/** The text of a chunk, whose keyword ends at `end`. */
function textOf(kind: "tEXt" | "zTXt" | "iTXt", body: Buffer, end: number): string | undefined {
  if (kind === "tEXt") return body.toString("latin1", end + 1);
  if (kind === "zTXt") return inflated(body.subarray(end + 2));
  const isCompressed = body[end + 1] === 1;
  const afterLanguage = body.indexOf(0, end + 3) + 1;
  const text = body.subarray(body.indexOf(0, afterLanguage) + 1);
  return isCompressed ? inflated(text) : text.toString("utf8");
}

function inflated(bytes: Buffer): string | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength: LONGEST }).toString("latin1");
  } catch {
    return undefined; // a damaged text says nothing
  }
}
