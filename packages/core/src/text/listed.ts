/**
 * Words as a list within a sentence.
 *
 * @example
 * ```ts
 * listed(["a", "b", "c"]); // => "a, b and c"
 * ```
 */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
