/** "2026-11-23-21-05-59", for names of folders that sort by time. */
export const timeStamp = (): string => new Date().toISOString().slice(0, 19).replaceAll(/[T:]/g, "-");
