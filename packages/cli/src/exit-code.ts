/** Sets the exit code of the program, which ends when its output is written. */
export const finish = (code: number): void => void (process.exitCode = code);
