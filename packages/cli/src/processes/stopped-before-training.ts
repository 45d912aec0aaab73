import { TsslError } from "@tssl/core/run";

import type { StopSwitch } from "../stop-signals.ts";
import { printNotice } from "../terminal.ts";

/**
 * Processes that were asked to stop before they had all met have not failed.
 *
 * @returns the exit code of what asked. @throws the error, where it is another one.
 */
export function stoppedBeforeTraining(error: unknown, stopping: StopSwitch): number {
  const code = stopping.exitCode();
  if (code === undefined || !(error instanceof TsslError) || error.code !== "PROCESS_FAILED") throw error;
  printNotice(`${error.message}\n`);
  return code;
}
