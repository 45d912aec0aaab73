import { describeError } from "./error-catalogue.ts";

/** Wrong words on the command line. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { name: "UsageError" });
}

/** 2 where the command line or the config must be changed, 1 for everything else. */
export const exitCodeOf = (error: unknown): 1 | 2 =>
  isUsageError(error) ? 2 : (describeError(error)?.exitCode ?? 1);

const isUsageError = (error: unknown): boolean => error instanceof Error && error.name === "UsageError";

/** "(INVALID_DATA, see docs/errors.md)" */
export const seeCode = (code: string): string => `(${code}, see docs/errors.md)`;

/** What to print for an error: its message and code, and for one that nobody foresaw how to get the stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `Error: ${String(error)}`;
  if (process.env["TSSL_DEBUG"] !== undefined) return error.stack ?? error.message;
  if (isUsageError(error)) return `Error: ${error.message}`;
  const described = describeError(error);
  if (described !== undefined) return `Error: ${error.message}\n${seeCode(described.code)}`;
  return `Error: ${error.message}\nThis was not expected. Run again with TSSL_DEBUG=1 to see where it comes from.`;
}
