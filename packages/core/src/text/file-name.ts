/** What no file name of ours has: separators, and characters that a terminal or a browser acts on. */
const NOT_IN_NAMES = String.raw`/\\\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069`;

/** A regular expression, as in a schema, of what can be the name of a file or folder as it is. */
export const FILE_NAME = String.raw`^(?!\.{1,2}$)[^${NOT_IN_NAMES}]+$`;

/** Bytes of a name, which leave room for what is added to it: file systems allow 255. */
const MOST_BYTES = 200;

/**
 * A label as the name of a file or folder: never a path, never too long.
 *
 * @example
 * ```ts
 * asFileName("../a/b"); // => "..-a-b"
 * ```
 */
export function asFileName(label: string): string {
  const name = label.replaceAll(new RegExp(`[${NOT_IN_NAMES}]+`, "gu"), "-");
  const cut = Array.from(name).reduce(
    (text, letter) => (bytesOf(text + letter) > MOST_BYTES ? text : text + letter),
    "",
  );
  return /^\.{0,2}$/.test(cut) ? "-" : cut;
}

const bytesOf = (text: string): number => Buffer.byteLength(text);
