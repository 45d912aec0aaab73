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

/** Codes of the errors that say that a config, or what it asks for, cannot be. */
const REFUSED = new Set(["INVALID_CONFIG", "INVALID_OPTION", "INVALID_PLUGIN", "NO_GPU"]);

/** Wrong words on the command line. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { name: "UsageError" });
}

/** 2 where the command line or the config must be changed, 1 for everything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
  if (!(error instanceof Error)) return 1;
  const refused = "code" in error && SPEAKING.has(error.name) && REFUSED.has(String(error.code));
  return refused || error.name === "UsageError" ? 2 : 1;
}

/** What to print for an error: its message, and for one that nobody foresaw how to get the stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `Error: ${String(error)}`;
  if (process.env["TSSL_DEBUG"] !== undefined) return error.stack ?? error.message;
  if (SPEAKING.has(error.name)) return `Error: ${error.message}`;
  return `Error: ${error.message}\nThis was not expected. Run again with TSSL_DEBUG=1 to see where it comes from.`;
}
