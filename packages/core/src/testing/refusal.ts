import { TsslError } from "../errors.ts";

/**
 * The text of the TsslError that `run` throws or rejects with, after its code: "INVALID_OPTION: temperature
 * must be > 0, got 0."
 *
 * Rethrows any other error; throws if there is none.
 */
export async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof TsslError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}
