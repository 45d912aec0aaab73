import { withoutSecrets } from "@tssl/augment-zoo";
import type { ErrorData } from "@tssl/core/run";

import { describeError } from "./error-catalogue.ts";

/** A wrong command line. `data` holds the values that the message mentions. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "USAGE";
  readonly data: ErrorData;

  constructor(message: string, data: ErrorData = {}) {
    super(message);
    this.data = data;
  }
}

/** 2 where the user must change the command line or the config, 1 for every other error. */
export const exitCodeOf = (error: unknown): 1 | 2 =>
  error instanceof UsageError ? 2 : (describeError(error)?.exitCode ?? 1);

/** "(INVALID_DATA, see tssl explain INVALID_DATA)" */
export const seeCode = (code: string): string => `(${code}, see tssl explain ${code})`;

/**
 * The text to print for an error, without secrets of addresses: its message and code, or for an unexpected
 * error a hint at TSSL_DEBUG.
 */
export const explain = (error: unknown): string => withoutSecrets(explanation(error));

function explanation(error: unknown): string {
  if (!(error instanceof Error)) return `Error: ${String(error)}`;
  if (process.env["TSSL_DEBUG"] !== undefined) return error.stack ?? error.message;
  if (error instanceof UsageError) return `Error: ${error.message}`;
  const described = describeError(error);
  if (described !== undefined) return `Error: ${error.message}\n${seeCode(described.code)}`;
  return (
    `Error: ${error.message}\nThis error is unexpected. Run again with TSSL_DEBUG=1 to see where it ` +
    "comes from."
  );
}
