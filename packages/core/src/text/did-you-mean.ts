import { closest, distance } from "fastest-levenshtein";

/** ` Did you mean "queueSize"?` for "queuSize"; "" where no known word is similar enough. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const best = closest(word.toLowerCase(), [...known]);
  // Two swapped letters are a distance of 2.
  const near = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  return distance(word.toLowerCase(), best.toLowerCase()) <= near ? ` Did you mean "${best}"?` : "";
}
