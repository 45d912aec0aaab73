import { readdir } from "node:fs/promises";

import { fileUnreadable } from "../messages/run-folder.ts";
import { isMissing } from "./is-missing.ts";

/**
 * Names of what a folder holds; none where there is no such folder.
 *
 * @throws {TsslError} RUN_FOLDER if the system does not list it: that is not the same as an empty one.
 */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileUnreadable(folder, error);
  }
}
