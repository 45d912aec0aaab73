/** What a terminal or a browser acts on instead of showing it: controls, and marks that turn text around. */
const ACTING = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The letters that JSON has for some of them. */
const LETTERS: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

const escapeOf = (character: string): string =>
  LETTERS[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * Text of several lines that may hold names from elsewhere, with every character that would act escaped as in
 * JSON. Line breaks and tabs stay.
 */
export const visibleText = (text: string): string =>
  text.replace(ACTING, (character) =>
    character === "\n" || character === "\t" ? character : escapeOf(character),
  );

/**
 * A name from elsewhere, of a file or a class, as it may stand within a line: line breaks are escaped too.
 *
 * @example
 * ```ts
 * onOneLine("cat\nError: fake"); // => "cat\\nError: fake"
 * ```
 */
export const onOneLine = (name: string): string => name.replace(ACTING, escapeOf);

/**
 * The message of an error in which each value stays within its line.
 *
 * @param data the values that the message mentions.
 */
export function withVisibleValues(message: string, data: unknown): string {
  const acting = stringsIn(data).filter((value) => value.trim() !== "" && onOneLine(value) !== value);
  return visibleText(acting.reduce((text, value) => text.replaceAll(value, onOneLine(value)), message));
}

function stringsIn(data: unknown): readonly string[] {
  if (typeof data === "string") return [data];
  return typeof data === "object" && data !== null ? Object.values(data).flatMap(stringsIn) : [];
}
