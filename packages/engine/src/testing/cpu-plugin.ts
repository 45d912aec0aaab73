import { EngineError, type EngineErrorCode } from "../errors.ts";
import { CPU } from "../pjrt/plugins.ts";
import { installPlugin } from "../setup/device-plugin.ts";

/** Reasons to go without the plugin that are the machine's, not the project's. */
const UNREACHABLE: ReadonlySet<EngineErrorCode> = new Set([
  "DISK_FULL",
  "DOWNLOAD_FAILED",
  "FOLDER_NOT_WRITABLE",
  "INDEX_UNREACHABLE",
  "PIP_MISSING",
  "PYTHON_MISSING",
  "UNSUPPORTED_PLATFORM",
  "WHEEL_NOT_FOUND",
]);

/**
 * The PJRT plugin of a CPU, which tests run compiled steps on. It is downloaded into the cache once (63 MB)
 * and checked by its hash.
 *
 * @returns its file; undefined, after a sentence, where it cannot be had: tests then skip. With CI in the
 * environment nothing is skipped.
 * @throws {EngineError} why it cannot be had, where CI is set.
 */
export async function cpuPlugin(): Promise<string | undefined> {
  try {
    return await installPlugin(CPU);
  } catch (error) {
    const isOfMachine = error instanceof EngineError && UNREACHABLE.has(error.code);
    if (process.env["CI"] || !isOfMachine) throw error;
    console.warn(`Tests that need the PJRT plugin of a CPU are skipped: ${error.message}`);
    return undefined;
  }
}
