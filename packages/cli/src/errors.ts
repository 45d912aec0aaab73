/** Names of the errors that say in their message all that a user needs. */
const SPEAKING = new Set([
  "TsslError",
  "EngineError",
  "ImageError",
  "RecipeError",
  "LoaderError",
  "DemoDataError",
  "UsageError",
]);

/** Wrong words on the command line: exit code 2. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { name: "UsageError" });
}

export const exitCodeOf = (error: unknown): number =>
  error instanceof Error && error.name === "UsageError" ? 2 : 1;

/** What to print for an error: its message, and for one that nobody foresaw how to get the stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `Error: ${String(error)}`;
  if (process.env["TSSL_DEBUG"] !== undefined) return error.stack ?? error.message;
  if (SPEAKING.has(error.name)) return `Error: ${error.message}`;
  return `Error: ${error.message}\nThis was not expected. Run again with TSSL_DEBUG=1 to see where it comes from.`;
}
