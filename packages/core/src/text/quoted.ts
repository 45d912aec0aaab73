/** "a name", with what JSON escapes. */
export const quoted = (value: unknown): string => JSON.stringify(value);
