import fs from "node:fs";
import path from "node:path";

import * as messages from "./messages.ts";
import { type Flavour, TENSORFLOW_VERSION } from "./setup/wheels.ts";
import { findTfjsNode } from "./tfjs-node.ts";

/** Description of a built addon, which the set-up writes beside it. */
export interface InstalledAddon {
  readonly flavour: Flavour;
  readonly tensorflowVersion: string;
  readonly tfjsNodeVersion: string;
  /** Folder of libtensorflow_cc.so.2 and libtensorflow_framework.so.2. */
  readonly libraryFolder: string;
  /** Settings of the last proof of this addon; undefined before the first one. */
  readonly proved?: {
    readonly nodeVersion: string;
    /** Whether the set-up also installed CUDA's libraries. */
    readonly cudaLibraries: boolean;
  };
}

export const addonDescription = (addon: string): string => path.join(path.dirname(addon), "addon.json");

/**
 * The addon that `@tensorflow/tfjs-node-gpu` will load, after a check that it is complete and fits this
 * version.
 */
export function installedAddon(): InstalledAddon {
  const { addonLink, version } = findTfjsNode();
  const addon = readDescription(addonLink);
  if (addon.tensorflowVersion !== TENSORFLOW_VERSION || addon.tfjsNodeVersion !== version) {
    throw messages.setUpForOtherVersions(
      { tensorflow: TENSORFLOW_VERSION, tfjsNode: version },
      { tensorflow: addon.tensorflowVersion, tfjsNode: addon.tfjsNodeVersion },
    );
  }
  if (!fs.existsSync(path.join(addon.libraryFolder, "libtensorflow_cc.so.2"))) {
    throw messages.librariesMissing(addon.libraryFolder);
  }
  return addon;
}

function readDescription(addonLink: string): InstalledAddon {
  try {
    return JSON.parse(
      fs.readFileSync(addonDescription(fs.realpathSync(addonLink)), "utf8"),
    ) as InstalledAddon;
  } catch (error) {
    throw messages.notSetUp(error);
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
