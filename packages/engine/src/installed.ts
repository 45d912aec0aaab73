import fs from "node:fs";
import path from "node:path";

import { EngineError, messageOf } from "./errors.ts";
import { type Flavour, TENSORFLOW_VERSION } from "./setup/wheels.ts";
import { findTfjsNode } from "./tfjs-node.ts";

/** What the set-up writes beside the addon it built. */
export interface InstalledAddon {
  readonly flavour: Flavour;
  readonly tensorflowVersion: string;
  readonly tfjsNodeVersion: string;
  /** Where libtensorflow_cc.so.2 and libtensorflow_framework.so.2 lie. */
  readonly libraryFolder: string;
  /** What the last proof of this addon ran with; undefined before it. */
  readonly proved?: {
    readonly nodeVersion: string;
    /** Whether the set-up also brought CUDA's libraries. */
    readonly cudaLibraries: boolean;
  };
}

export const addonDescription = (addon: string): string => path.join(path.dirname(addon), "addon.json");

const SET_UP = 'run "npx tssl-engine-setup"';

/** The addon that `@tensorflow/tfjs-node-gpu` will load, after checking that it is the set-up's and complete. */
export function installedAddon(): InstalledAddon {
  const { addonLink, version } = findTfjsNode();
  const addon = readDescription(addonLink);
  if (addon.tensorflowVersion !== TENSORFLOW_VERSION || addon.tfjsNodeVersion !== version) {
    throw new EngineError(
      "NOT_SET_UP",
      `The engine must be set up for TensorFlow ${TENSORFLOW_VERSION} and tfjs-node ${version}, ` +
        `but was for ${addon.tensorflowVersion} and ${addon.tfjsNodeVersion}: ${SET_UP}.`,
    );
  }
  if (!fs.existsSync(path.join(addon.libraryFolder, "libtensorflow_cc.so.2"))) {
    throw new EngineError(
      "NOT_SET_UP",
      `TensorFlow's libraries must lie in ${addon.libraryFolder}, but they are gone: ${SET_UP}.`,
    );
  }
  return addon;
}

function readDescription(addonLink: string): InstalledAddon {
  try {
    return JSON.parse(
      fs.readFileSync(addonDescription(fs.realpathSync(addonLink)), "utf8"),
    ) as InstalledAddon;
  } catch (error) {
    throw new EngineError("NOT_SET_UP", `The engine is not set up yet: ${SET_UP}.`, { cause: error });
  }
}

/** The same without checks: what the last set-up left, whether or not it fits this version of the package. */
export function lastAddon(): InstalledAddon | undefined {
  try {
    return readDescription(findTfjsNode().addonLink);
  } catch {
    return undefined;
  }
}

/** The library is there but does not load. */
export const libraryBroken = (error: unknown): EngineError =>
  new EngineError(
    "LIBRARY_BROKEN",
    `TensorFlow's library does not load (${messageOf(error)}): run "npx tssl-engine-setup --verify" to check and repair it.`,
    { cause: error },
  );
