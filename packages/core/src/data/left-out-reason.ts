import path from "node:path";

import type { LeftOutReason } from "./data-ledger.ts";
import { isHidden, isImageName } from "./image-set.ts";

/** Names of files and folders that systems leave behind. */
const LEFTOVERS: readonly string[] = [
  "__macosx",
  "@eadir",
  "#recycle",
  "$recycle.bin",
  "lost+found",
  "system volume information",
  "thumbs.db",
  "ehthumbs.db",
  "desktop.ini",
];

/** Extensions of images in formats that are not decoded. */
const FORMATS: readonly string[] = [
  ".tif",
  ".tiff",
  ".gif",
  ".bmp",
  ".avif",
  ".heic",
  ".heif",
  ".jfif",
  ".jpe",
  ".jp2",
  ".jxl",
  ".svg",
  ".ppm",
  ".pgm",
  ".pbm",
  ".pnm",
  ".tga",
  ".ico",
  ".psd",
  ".exr",
  ".dng",
];

/**
 * Why a file with this name is no image of a set; undefined for an image.
 *
 * @example
 * ```ts
 * leftOutReason("__MACOSX/cat/1.jpg"); // => "leftover"
 * leftOutReason("cat/1.heic"); // => "format"
 * ```
 */
export function leftOutReason(name: string): LeftOutReason | undefined {
  if (isHidden(name)) return "hidden";
  if (name.split("/").some((part) => LEFTOVERS.includes(part.toLowerCase()))) return "leftover";
  if (isImageName(name)) return undefined;
  return FORMATS.includes(path.extname(name).toLowerCase()) ? "format" : "other";
}
