import { CommanderError } from "commander";

import { exitCodeOf, explain } from "./errors.ts";
import { buildProgram } from "./program.ts";
import { printNotice } from "./terminal.ts";

/**
 * Runs `tssl …` in this process. Errors are printed, not thrown.
 *
 * @param args what stands after `tssl`.
 * @returns the exit code.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  process.exitCode = 0; // a command sets another one by `finish`
  try {
    await buildProgram().parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has printed it
    printNotice(`${explain(error)}\n`);
    return exitCodeOf(error);
  }
  return process.exitCode;
}
