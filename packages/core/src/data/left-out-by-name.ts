import path from "node:path";

import type { LeftOutReason } from "./data-ledger.ts";
import { isHidden, isImageName } from "./image-set.ts";

/** Files and folders that systems, network drives and archivers leave beside images, in small letters. */
const LEFTOVERS: ReadonlySet<string> = new Set([
  "thumbs.db", // Windows
  "ehthumbs.db",
  "ehthumbs_vista.db",
  "desktop.ini",
  "$recycle.bin",
  "recycler",
  "system volume information",
  "__macosx", // macOS
  "icon\r",
  "network trash folder",
  "temporary items",
  "@eadir", // Synology
  "@tmp",
  "#recycle",
  "#snapshot",
  "@recycle", // QNAP
  "@recently-snapshot",
  "lost+found", // Linux
]);

/** Pictures in formats that the decoder does not read, or not on purpose: vector graphics and camera raw. */
const OTHER_FORMATS: ReadonlySet<string> = new Set(
  (
    ".bmp .dib .ppm .pgm .pbm .pnm .pam .tga .ico .cur .heic .heif .hif .jp2 .j2k .jpf .jpx .jxl .jxr " +
    ".svg .svgz .eps .pdf .psd .xcf .exr .hdr .pcx .sgi .ras .dds .dcm .fits .raw .dng .cr2 .cr3 .nef .arw " +
    ".orf .rw2 .raf .pef .srw"
  ).split(" "),
);

/** ".jpg" for "cat/A.JPG"; "" where there is none. */
export function extensionOf(name: string): string {
  const extension = path.posix.extname(name).toLowerCase();
  return extension === "." ? "" : extension;
}

/** Whether this is the name of a file or folder that systems leave behind. */
export const isLeftover = (part: string): boolean => LEFTOVERS.has(part.toLowerCase());

/**
 * The reason why a file is left out that its name alone tells; undefined where it is an image by its name.
 *
 * @param name path within the set, with "/".
 *
 * @example
 * ```ts
 * ["cat/1.jpg", "cat/.1.jpg", "@eaDir/1.jpg", "cat/1.heic", "cat/1.txt"].map(leftOutByName);
 * // => [undefined, "hidden", "leftover", "format", "other"]
 * ```
 */
export function leftOutByName(name: string): LeftOutReason | undefined {
  if (isHidden(name)) return "hidden";
  if (name.split("/").some(isLeftover)) return "leftover";
  if (isImageName(name)) return undefined;
  return OTHER_FORMATS.has(extensionOf(name)) ? "format" : "other";
}
