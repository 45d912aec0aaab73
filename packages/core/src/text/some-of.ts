import { count } from "./numbers.ts";

/** "cat, dog, ship"; of many names the first ten, and how many there are. */
export const someOf = (names: readonly string[]): string =>
  names.length <= 10 ? names.join(", ") : `${names.slice(0, 10).join(", ")}, … (${count(names.length)})`;
