/**
 * A text as a cell of a CSV file: in quotes where commas, quotes or line breaks would end it.
 *
 * @example
 * ```ts
 * csvCell('a "b",c.jpg'); // => '"a ""b"",c.jpg"'
 * ```
 */
export const csvCell = (text: string): string =>
  /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
