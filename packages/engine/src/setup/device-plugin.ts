import path from "node:path";

import { changeableByOthers } from "../changeable-by-others.ts";
import { cacheOpen } from "../messages/folders.ts";
import { gpuNotSupported } from "../messages/platform.ts";
import { type PinnedPlugin, pluginFile } from "../pjrt/plugins.ts";
import { cacheFolder, makeFolder } from "./cache-folder.ts";
import { filesOf, installLibraries, missingWheels } from "./libraries.ts";
import { withLock } from "./lock.ts";
import type { Log } from "./progress.ts";
import type { Wheel } from "./wheels.ts";

/** What is made in the cache, nobody but its owner may change. */
const OWNER_WRITES = 0o022;
/** Folders of the cache above a plugin. */
const CACHE_FOLDERS = 4;

/**
 * Downloads a plugin into the user's cache, unless it is there, and checks it by its hash. It can compile for
 * devices that are not here.
 *
 * @returns its file.
 * @throws {EngineError} with one line that contains a remedy.
 */
export const installPlugin = (plugin: PinnedPlugin, log: Log = () => undefined): Promise<string> =>
  install(plugin, [plugin.wheel], { log, verify: false });

/**
 * As `installPlugin`, with the libraries by which it computes on a device.
 *
 * @param options.verify whether to compare all files by their hashes.
 */
export const installDevice = (
  plugin: PinnedPlugin,
  options: { readonly log: Log; readonly verify: boolean },
): Promise<string> => install(plugin, [plugin.wheel, ...plugin.libraries], options);

/** The file of a plugin that is in the cache with all its libraries; undefined where something is missing. */
export async function installedDevice(plugin: PinnedPlugin): Promise<string | undefined> {
  const folder = folderOf(plugin);
  const wheels = [plugin.wheel, ...plugin.libraries];
  if ((await missingWheels({ folder, wheels, verify: false })).length > 0) return undefined;
  return requireClosed(plugin, wheels);
}

async function install(
  plugin: PinnedPlugin,
  wheels: readonly Wheel[],
  { log, verify }: { readonly log: Log; readonly verify: boolean },
): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw gpuNotSupported(`${process.platform}-${process.arch}`);
  }
  const folder = folderOf(plugin);
  const umask = process.umask();
  process.umask(umask | OWNER_WRITES);
  try {
    makeFolder(folder);
    await withLock(
      path.join(folder, "lock"),
      async () => {
        const missing = await missingWheels({ folder, wheels, verify });
        await installLibraries({ folder, wheels: missing, log });
      },
      { onWait: () => log("Another set-up is running; waiting for it") },
    );
  } finally {
    process.umask(umask);
  }
  return requireClosed(plugin, wheels);
}

/** @returns a plugin's file, once nobody else could change it or its libraries. @throws CACHE_OPEN */
function requireClosed(plugin: PinnedPlugin, wheels: readonly Wheel[]): string {
  const folder = folderOf(plugin);
  const files = wheels.flatMap((wheel) => filesOf(folder, wheel));
  const open = changeableByOthers(files, CACHE_FOLDERS);
  if (open !== undefined) throw cacheOpen(open);
  return pluginFile(folder, plugin);
}

const folderOf = ({ platform, wheel }: PinnedPlugin): string =>
  path.join(cacheFolder(), "engine", `pjrt-${platform}-${wheel.version}`);
