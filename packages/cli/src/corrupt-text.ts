import { counted, onOneLine } from "@tssl/core/internal";

/** Largest number of files to name; the JSON has all of them. */
const NAMED = 5;

/**
 * "3 images could not be decoded (2 HEIC images, 1 cut short); left out: a.jpg, b.jpg, c.jpg.", or
 * nothing where there are none.
 *
 * @param instead how they were replaced, as a phrase: "left out".
 * @param reasons how many there are of each kind.
 */
export function corruptText(
  files: readonly string[],
  instead: string,
  reasons: Readonly<Record<string, number>> = {},
): string {
  if (files.length === 0) return "";
  const named = files.slice(0, NAMED).map(onOneLine).join(", ") + (files.length > NAMED ? ", …" : "");
  const kinds = kindsText(reasons);
  const why = kinds === "" ? "" : ` (${kinds})`;
  return `${counted(files.length, "image")} could not be decoded${why}; ${instead}: ${named}.\n`;
}

/** "2 HEIC images, 1 cut short" */
export const kindsText = (reasons: Readonly<Record<string, number>>): string =>
  Object.entries(reasons)
    .map(([kind, count]) => `${count} ${count > 1 ? plural(kind) : kind}`)
    .join(", ");

/** "HEIC images", "not images"; "cut short" has no plural. */
const plural = (kind: string): string => kind.replace("not an", "not").replace(/(image|video)$/, "$1s");
