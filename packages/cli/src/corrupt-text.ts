/** Largest number of files to name; the JSON has all of them. */
const NAMED = 5;

/**
 * "2 images could not be decoded; left out: a.jpg, b.jpg.", or nothing where there are none.
 *
 * @param instead how they were replaced, as a phrase: "left out".
 */
export function corruptText(files: readonly string[], instead: string): string {
  if (files.length === 0) return "";
  const named = files.slice(0, NAMED).join(", ") + (files.length > NAMED ? ", …" : "");
  const noun = files.length === 1 ? "1 image" : `${files.length} images`;
  return `${noun} could not be decoded; ${instead}: ${named}.\n`;
}
