/** What the program ends with, once its output is written. */
export const finish = (code: number): void => void (process.exitCode = code);
