import path from "node:path";

import { EngineError, type EngineErrorCode } from "../errors.ts";
import { CPU, pluginFile } from "../pjrt/plugins.ts";
import { cacheFolder, makeFolder } from "../setup/cache-folder.ts";
import { installLibraries, missingWheels } from "../setup/libraries.ts";
import { withLock } from "../setup/lock.ts";

/** Reasons to go without the plugin that are the machine's, not the project's. */
const UNREACHABLE: ReadonlySet<EngineErrorCode> = new Set([
  "DISK_FULL",
  "DOWNLOAD_FAILED",
  "FOLDER_NOT_WRITABLE",
  "INDEX_UNREACHABLE",
  "PIP_MISSING",
  "PYTHON_MISSING",
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
  if (process.platform !== "linux" || process.arch !== "x64") {
    return without(`there is none for ${process.platform} on ${process.arch}`);
  }
  const folder = path.join(cacheFolder(), "engine", `pjrt-${CPU.platform}-${CPU.wheel.version}`);
  const install = async (): Promise<void> => {
    const missing = await missingWheels({ folder, wheels: [CPU.wheel], verify: false });
    await installLibraries({ folder, wheels: missing, log: () => undefined });
  };
  try {
    makeFolder(folder);
    await withLock(path.join(folder, "lock"), install, { onWait: () => undefined });
    return pluginFile(folder, CPU);
  } catch (error) {
    const isOfMachine = error instanceof EngineError && UNREACHABLE.has(error.code);
    if (process.env["CI"] || !isOfMachine) throw error;
    return without(error.message);
  }
}

function without(reason: string): undefined {
  console.warn(`Tests that need the PJRT plugin of a CPU are skipped: ${reason}`);
}
