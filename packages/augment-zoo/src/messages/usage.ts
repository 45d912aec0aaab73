// The sentences of errors USAGE.

import { UsageError } from "../errors.ts";

export const malformedParameters = (got: string): UsageError =>
  new UsageError(`--params must be JSON such as '{"factor": 1.2}', got ${got}`);

export const outputNotWritable = (file: string, cause: Error): UsageError =>
  new UsageError(`Cannot write ${file}: ${cause.message}`, { cause });

/** @param problem what is wrong; without it the usage alone is shown. */
export const wrongUsage = (usage: string, problem = ""): UsageError =>
  new UsageError(`${problem}${problem === "" ? "" : " "}Usage: ${usage}`);
