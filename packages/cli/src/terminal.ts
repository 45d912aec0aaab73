import { onOneLine, visibleText } from "@tssl/core/internal";

/**
 * All that the commands print goes through this file: names of files, classes and runs come from elsewhere,
 * and a terminal acts on control characters. In JSON their escapes say the same.
 */

/** Prints to standard output: what the command was asked for. */
export const printResult = (text: string): void => void process.stdout.write(visibleText(text));

/** Prints to standard error: progress, notices and errors. */
export const printNotice = (text: string): void => void process.stderr.write(visibleText(text));

/**
 * Prints a result, and resolves when all of it is written: a pipe takes some hundred KB at a time, and the
 * program does not wait at its end.
 */
export const resultPrinted = (text: string): Promise<void> =>
  new Promise((resolve) => void process.stdout.write(visibleText(text), () => resolve()));

/** Prints a notice, which is a sentence, on a line of its own of standard error. */
export const tell = (sentence: string): void => printNotice(`${onOneLine(sentence)}\n`);
