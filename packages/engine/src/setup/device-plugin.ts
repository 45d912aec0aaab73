import path from "node:path";

import { changeableByOthers } from "../changeable-by-others.ts";
import * as messages from "../messages.ts";
import { type PinnedPlugin, pluginFile } from "../pjrt/plugins.ts";
import { cacheFolder, makeFolder } from "./cache-folder.ts";
import { installLibraries, missingWheels } from "./libraries.ts";
import { withLock } from "./lock.ts";
import type { Log } from "./progress.ts";

/** What is made in the cache, nobody but its owner may change. */
const OWNER_WRITES = 0o022;
/** Folders of the cache above a plugin. */
const CACHE_FOLDERS = 4;

/**
 * Downloads a plugin into the user's cache, unless it is there, and checks it by its hash.
 *
 * @returns its file.
 * @throws {EngineError} with one line that contains a remedy.
 */
export async function installPlugin(plugin: PinnedPlugin, log: Log = () => undefined): Promise<string> {
  const { platform, wheel } = plugin;
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw messages.gpuNotSupported(`${process.platform}-${process.arch}`);
  }
  const folder = path.join(cacheFolder(), "engine", `pjrt-${platform}-${wheel.version}`);
  const umask = process.umask();
  process.umask(umask | OWNER_WRITES);
  try {
    makeFolder(folder);
    await withLock(
      path.join(folder, "lock"),
      async () => {
        const missing = await missingWheels({ folder, wheels: [wheel], verify: false });
        await installLibraries({ folder, wheels: missing, log });
      },
      { onWait: () => log("Another set-up is running; waiting for it") },
    );
  } finally {
    process.umask(umask);
  }
  const file = pluginFile(folder, plugin);
  const open = changeableByOthers([file], CACHE_FOLDERS);
  if (open !== undefined) throw messages.cacheOpen(open);
  return file;
}
