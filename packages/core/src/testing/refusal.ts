import { type ErrorData, TsslError, type TsslErrorCode } from "../errors.ts";
import { nothingThrown } from "./messages/assertions.ts";

/**
 * The text of the TsslError that `run` throws or rejects with, after its code: "INVALID_OPTION: temperature
 * must be > 0, got 0."
 *
 * Rethrows any other error; throws if there is none.
 */
export async function refusal(run: () => unknown): Promise<string> {
  const { code, message } = await thrownBy(run);
  return `${code}: ${message}`;
}

/** The code and the data of the TsslError that `run` throws or rejects with. */
export async function refusedWith(
  run: () => unknown,
): Promise<{ readonly code: TsslErrorCode; readonly data: ErrorData | undefined }> {
  const { code, data } = await thrownBy(run);
  return { code, data };
}

async function thrownBy(run: () => unknown): Promise<TsslError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof TsslError) return error;
    throw error;
  }
  throw new Error(nothingThrown());
}
