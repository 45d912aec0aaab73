import fs from "node:fs";

import * as messages from "../messages.ts";
import { type DeviceClient, openClient } from "./client.ts";
import { openPlugin } from "./plugin.ts";

/** What computes in mode "pjrt". */
export interface PjrtDevice {
  readonly device: "cpu" | "gpu";
  /** "NVIDIA H100 80GB HBM3 (PJRT 0.116)" */
  readonly deviceName: string;
}

/** @throws {EngineError} as `processClient` */
export function pjrtDevice(): PjrtDevice {
  const { platform, devices, plugin } = processClient();
  return {
    device: platform === "cpu" ? "cpu" : "gpu",
    deviceName: `${devices[0]!.kind} (PJRT ${plugin.apiVersion})`,
  };
}

let opened: DeviceClient | undefined;

/**
 * The client that all programs of this process share, because a client reserves a GPU's memory. Its plugin is
 * the file that TSSL_PJRT_PLUGIN names.
 *
 * @throws {EngineError} NOT_SET_UP without one; DEVICE_PLUGIN_BROKEN, DEVICE_FAILED.
 */
export function processClient(env: NodeJS.ProcessEnv = process.env): DeviceClient {
  if (opened !== undefined) return opened;
  const file = env["TSSL_PJRT_PLUGIN"];
  if (!file) throw messages.devicePluginMissing();
  opened = openClient(openPlugin(fs.existsSync(file) ? fs.realpathSync(file) : file));
  return opened;
}
