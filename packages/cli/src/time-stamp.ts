/** "2026-11-23-21-05-59": sorts by time, and can stand in a folder's name. */
export const timeStamp = (): string => new Date().toISOString().slice(0, 19).replaceAll(/[T:]/g, "-");
