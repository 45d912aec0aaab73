import { isUtf8 } from "node:buffer";

/** The text of a file's name; undefined where its bytes are not UTF-8. */
export const nameText = (bytes: Buffer): string | undefined =>
  isUtf8(bytes) ? bytes.toString("utf8") : undefined;

/**
 * The text of a file's name with the bytes escaped that are not UTF-8.
 *
 * @example
 * ```ts
 * escapedName(Buffer.from("caf\xe9.jpg", "latin1")); // => "caf\\xe9.jpg"
 * ```
 */
export function escapedName(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(at, at + count)));
    const fits = length !== undefined && at + length <= bytes.length;
    text += fits ? bytes.toString("utf8", at, at + length) : `\\x${bytes[at]!.toString(16).padStart(2, "0")}`;
    at += fits ? length : 1;
  }
  return text;
}
