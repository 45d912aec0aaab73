// Values in sentences.

/** A value in a message. */
export const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));
