// Names in the kit's sentences.

export const quoted = (name: string): string => `"${name}"`;

/** "moco.keys.rows" and two more: enough to find the place, short enough to read. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map(quoted).join(", ");
  const more = names.length - 3;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** "input "a"", or "inputs "a", "b"". */
export const counted = (noun: string, names: readonly string[]): string =>
  `${noun}${names.length === 1 ? "" : "s"} ${listed(names)}`;
