/** A word of a command as a POSIX shell needs it: in quotes where it has special characters. */
export const inShell = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
