import fs from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";

import { type InstalledAddon, lastAddon, openToOthers } from "../installed.ts";
import { cacheOpen } from "../messages/folders.ts";
import { gpuNotSupported } from "../messages/platform.ts";
import { findTfjsNode } from "../tfjs-node.ts";
import { buildAddon, describeAddon, linkAddon, readAddon } from "./addon.ts";
import { cacheFolder, makeFolder } from "./cache-folder.ts";
import { findCompiler } from "./compiler.ts";
import { installLibraries, missingWheels } from "./libraries.ts";
import { withLock } from "./lock.ts";
import { supportedPlatform, thisMachine } from "./platform.ts";
import type { Log } from "./progress.ts";
import { proveEngine } from "./proof.ts";
import { type Flavour, TENSORFLOW_VERSION, wheelsOf } from "./wheels.ts";

export interface SetupOptions {
  /** True for the TensorFlow that can use NVIDIA GPUs. Default: as in the last set-up, at first false. */
  readonly gpu?: boolean;
  /**
   * With `gpu`: whether to download CUDA's libraries; false uses those of the machine. Default: as in the
   * last set-up, at first true.
   */
  readonly cudaLibraries?: boolean;
  /** Whether to compare the unpacked libraries by their hashes and to repeat the proof. Default false. */
  readonly verify?: boolean;
  readonly log?: Log;
}

export interface SetupResult {
  readonly flavour: Flavour;
  readonly tensorflowVersion: string;
  readonly libraryFolder: string;
  readonly addon: string;
  /** Whether something was downloaded, compiled or proved. */
  readonly changed: boolean;
}

/**
 * Makes the engine ready for `startEngine`: downloads TensorFlow's library into the user's cache, compiles
 * the addon of tfjs-node for it, links the addon into node_modules, and proves the result with one
 * convolution.
 *
 * Only missing parts are done; a second run takes well under a second. Set-ups that run at the same time wait
 * for each other.
 *
 * @throws {EngineError} with one line that contains a remedy.
 */
export async function setupEngine({
  gpu = lastAddon()?.flavour === "gpu",
  cudaLibraries = !gpu || (lastAddon()?.proved?.cudaLibraries ?? true),
  verify = false,
  log = () => undefined,
}: SetupOptions = {}): Promise<SetupResult> {
  findTfjsNode();
  const flavour: Flavour = gpu ? "gpu" : "cpu";
  const platform = supportedPlatform(thisMachine());
  const wheels = wheelsOf(flavour, platform, cudaLibraries);
  if (wheels === undefined) {
    throw gpuNotSupported(platform);
  }

  const cache = path.join(cacheFolder(), "engine");
  const umask = process.umask();
  process.umask(umask | OWNER_WRITES); // of what it makes, and of the compiler and pip
  makeFolder(cache);
  return withLock(
    path.join(cache, "lock"),
    async () => {
      const folder = path.join(cache, `tensorflow-${TENSORFLOW_VERSION}-${flavour}-${platform}`);
      const missing = await missingWheels({ folder, wheels, verify });
      if (missing.length > 0) await findCompiler(); // reports a missing compiler before the long download
      await installLibraries({ folder, wheels: missing, log });

      const libraryFolder = path.join(folder, "tensorflow");
      const addon = await buildAddon({ flavour, libraryFolder, folder: path.join(cache, "addons"), log });
      closeToOthers(addon, libraryFolder);
      linkAddon(addon);
      const proof = { nodeVersion: process.version, cudaLibraries };
      const isProved = !verify && missing.length === 0 && isDeepStrictEqual(readAddon(addon).proved, proof);
      if (!isProved) prove(addon, proof, log);
      return { flavour, tensorflowVersion: TENSORFLOW_VERSION, libraryFolder, addon, changed: !isProved };
    },
    { onWait: () => log("Another set-up is running; waiting for it") },
  ).finally(() => process.umask(umask));
}

/** What is made in the cache, nobody but its owner may change. */
const OWNER_WRITES = 0o022;

/** Takes from others the right to change what will be loaded. @throws {EngineError} CACHE_OPEN */
function closeToOthers(addon: string, libraryFolder: string): void {
  const closed = new Set<string>();
  for (;;) {
    const open = openToOthers(addon, libraryFolder);
    if (open === undefined) return;
    if ("owner" in open || closed.has(open.path)) throw cacheOpen(open);
    closed.add(open.path);
    try {
      fs.chmodSync(open.path, parseInt(open.mode, 8) & ~OWNER_WRITES);
    } catch {
      throw cacheOpen(open);
    }
  }
}

function prove(addon: string, proof: InstalledAddon["proved"] & object, log: Log): void {
  const engine = proveEngine();
  const { tensorflow, deviceName, device } = engine;
  log(
    `One convolution and its gradients are correct: TensorFlow ${tensorflow?.version} on ${deviceName} ` +
      `(${device})`,
  );
  describeAddon(addon, { ...readAddon(addon), proved: proof });
}
