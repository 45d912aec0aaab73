export type EngineErrorCode =
  | "ALREADY_STARTED"
  | "COMPILE_FAILED"
  | "COMPILER_MISSING"
  | "COMPUTE_FAILED"
  | "DISK_FULL"
  | "DOWNLOAD_FAILED"
  | "FOLDER_NOT_WRITABLE"
  | "HASH_MISMATCH"
  | "INDEX_UNREACHABLE"
  | "INVALID_OPTION"
  | "LIBRARY_BROKEN"
  | "NO_GPU"
  | "NOT_SET_UP"
  | "NOT_STARTED"
  | "NOT_TRACEABLE"
  | "PIP_MISSING"
  | "PROOF_FAILED"
  | "PYTHON_MISSING"
  | "SETUP_RUNNING"
  | "TFJS_NODE_MISSING"
  | "UNSUPPORTED_PLATFORM"
  | "WHEEL_NOT_FOUND";

/** Every error the engine throws on purpose. `code` is stable; the text is one line and may improve. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, " "), options);
    this.code = code;
  }
}

/** The text of anything thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The operating system's code ("ENOENT", "EACCES") of anything thrown by Node's own functions. */
export const systemCode = (thrown: unknown): string | undefined =>
  (thrown as NodeJS.ErrnoException | undefined)?.code;
