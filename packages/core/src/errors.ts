export type TsslErrorCode =
  | "INVALID_CONFIG"
  | "INVALID_OPTION"
  | "INVALID_DATA"
  | "INVALID_PLUGIN"
  | "SHAPE_MISMATCH"
  | "RUN_FOLDER"
  | "NOT_FINITE"
  | "TRAINING_FAILED"
  | "CHECKPOINT"
  | "CHECKPOINT_DAMAGED"
  | "SERVER";

/** Every error that tssl or a plugin throws on purpose. `code` is stable; the text may improve. */
export class TsslError extends Error {
  override readonly name = "TsslError";
  readonly code: TsslErrorCode;
  constructor(code: TsslErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const dims = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** "infoNce: keys must have shape [4, 8] (same as queries), got [4, 7]." */
export function shapeMismatch(
  where: string,
  what: string,
  expected: string,
  got: readonly number[],
): TsslError {
  return new TsslError("SHAPE_MISMATCH", `${where}: ${what} must have shape ${expected}, got ${dims(got)}.`);
}

/** "plugins[0].queueSize must be at least batchSize (256), got 100. Try 256." */
export function invalidOption(path: string, rule: string, got: unknown, hint?: string): TsslError {
  const tail = hint === undefined ? "" : ` ${hint}`;
  const shown = typeof got === "number" ? String(got) : JSON.stringify(got); // JSON has no NaN
  return new TsslError("INVALID_OPTION", `${path} must be ${rule}, got ${shown}.${tail}`);
}

/** What a thrown value says, without its stack. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
