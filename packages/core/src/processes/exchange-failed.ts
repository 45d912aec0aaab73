import { EngineError } from "@tssl/engine";

import { exchangeLost } from "../messages/processes.ts";

/** The loss of a process where an error is that of an exchange with it; else the error itself. */
export const lossBehind = (error: unknown): unknown =>
  error instanceof EngineError && error.code === "PROCESSES_FAILED" ? exchangeLost(error.problem) : error;
