import fs from "node:fs";
import path from "node:path";

import { changeableByOthers, type WhyChangeable } from "./changeable-by-others.ts";
import { cacheOpen } from "./messages/folders.ts";
import { addonChanged } from "./messages/libraries.ts";
import { librariesMissing, notSetUp, setUpForOtherVersions } from "./messages/not-set-up.ts";
import { type Flavour, TENSORFLOW_VERSION } from "./setup/wheels.ts";
import { sha256Of } from "./sha256.ts";
import { findTfjsNode } from "./tfjs-node.ts";

/** Description of a built addon, which the set-up writes beside it. */
export interface InstalledAddon {
  readonly flavour: Flavour;
  readonly tensorflowVersion: string;
  readonly tfjsNodeVersion: string;
  /** Folder of libtensorflow_cc.so.2 and libtensorflow_framework.so.2. */
  readonly libraryFolder: string;
  /** SHA-256 of the addon; undefined where an earlier version of the set-up built it. */
  readonly sha256?: string;
  /** Settings of the last proof of this addon; undefined before the first one. */
  readonly proved?: {
    readonly nodeVersion: string;
    /** Whether the set-up also installed CUDA's libraries. */
    readonly cudaLibraries: boolean;
  };
}

export const addonDescription = (addon: string): string => path.join(path.dirname(addon), "addon.json");

export const sha256OfAddon = (addon: string): string => sha256Of(fs.readFileSync(addon)).toString("hex");

/** TensorFlow's libraries, in their folder. */
export const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

/** Folders above the addon and above the libraries that are the cache's own. */
const CACHE_FOLDERS = 4;

/**
 * What another user of this machine could change of the code that is loaded; undefined where that is nothing.
 */
export function openToOthers(addon: string, libraryFolder: string): WhyChangeable | undefined {
  const files = [addon, ...LIBRARIES.map((name) => path.join(libraryFolder, name))];
  // Who owns the npm packages decides what runs here anyway.
  return changeableByOthers(files, CACHE_FOLDERS, [fs.statSync(findTfjsNode().folder).uid]);
}

/**
 * The addon that `@tensorflow/tfjs-node-gpu` will load, after a check that it is complete, fits this version,
 * and could be changed by no other user of this machine.
 *
 * @throws {EngineError} NOT_SET_UP, LIBRARY_BROKEN, CACHE_OPEN.
 */
export function installedAddon(): InstalledAddon {
  const { addonLink, version } = findTfjsNode();
  const addon = readDescription(addonLink);
  if (addon.tensorflowVersion !== TENSORFLOW_VERSION || addon.tfjsNodeVersion !== version) {
    throw setUpForOtherVersions(
      { tensorflow: TENSORFLOW_VERSION, tfjsNode: version },
      { tensorflow: addon.tensorflowVersion, tfjsNode: addon.tfjsNodeVersion },
    );
  }
  if (!LIBRARIES.every((name) => fs.existsSync(path.join(addon.libraryFolder, name)))) {
    throw librariesMissing(addon.libraryFolder);
  }
  const open = openToOthers(addonLink, addon.libraryFolder);
  if (open !== undefined) throw cacheOpen(open);
  if (addon.sha256 !== undefined && addon.sha256 !== sha256OfAddon(addonLink)) {
    throw addonChanged(fs.realpathSync(addonLink));
  }
  return addon;
}

function readDescription(addonLink: string): InstalledAddon {
  try {
    return JSON.parse(
      fs.readFileSync(addonDescription(fs.realpathSync(addonLink)), "utf8"),
    ) as InstalledAddon;
  } catch (error) {
    throw notSetUp(error);
  }
}

/** The addon of the last set-up, whether or not it fits this version of the package. */
export function lastAddon(): InstalledAddon | undefined {
  try {
    return readDescription(findTfjsNode().addonLink);
  } catch {
    return undefined;
  }
}
