/**
 * Whether an error says that there is no such file or folder: the one failure that stands for "nothing yet".
 */
export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";
