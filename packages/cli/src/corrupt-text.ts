/** Files that are named; all are in the JSON. */
const NAMED = 5;

/**
 * Says how many training images could not be decoded, and which.
 *
 * @param instead what was done without them, as a phrase: "left out".
 */
export function corruptText(files: readonly string[], instead: string): string {
  if (files.length === 0) return "";
  const named = files.slice(0, NAMED).join(", ") + (files.length > NAMED ? ", …" : "");
  const noun = files.length === 1 ? "1 training image" : `${files.length} training images`;
  return `${noun} could not be decoded; ${instead}: ${named}.\n`;
}
