/**
 * A relative path as the address of a link: no name of a folder in it is taken for a scheme, a query or an
 * anchor.
 *
 * @example
 * ```ts
 * pathLink("javascript:1/a b#1/report.html"); // => "javascript%3A1/a%20b%231/report.html"
 * ```
 */
export const pathLink = (relative: string): string =>
  encodeURI(relative).replaceAll(/[?#:]/g, encodeURIComponent);
