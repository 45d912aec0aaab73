import fs from "node:fs";

import { cudaDriver } from "../cuda-driver.ts";
import { devicePluginMissing } from "../messages/not-set-up.ts";
import { notAsManyDevices } from "../messages/options.ts";
import { range } from "../range.ts";
import { type DeviceClient, openClient } from "./client.ts";
import { loadNvidiaLibraries } from "./nvidia-libraries.ts";
import { openPlugin } from "./plugin.ts";
import { platformOf } from "./plugins.ts";
import type { NamedValue } from "./structs.ts";
import { type Tuning, tuningOf } from "./tuning.ts";

/** What computes in mode "pjrt". */
export interface PjrtDevice {
  readonly device: "cpu" | "gpu";
  /** "NVIDIA H100 80GB HBM3 (PJRT 0.116, driver 580.95.05)" */
  readonly deviceName: string;
  /** Stands for the kernels that were found fastest on a GPU and are used again: with others, bits differ. */
  readonly tuning?: string;
}

/** @throws {EngineError} as `processDevice` */
export function pjrtDevice(): PjrtDevice {
  const { client, driver, tuning } = processDevice();
  const { platform, devices, plugin } = client;
  const versions = `PJRT ${plugin.apiVersion}${driver === undefined ? "" : `, driver ${driver}`}`;
  return {
    device: platform === "cpu" ? "cpu" : "gpu",
    deviceName: `${devices[0]!.kind} (${versions})`,
    ...(tuning === undefined ? {} : { tuning: tuning.id }),
  };
}

/** The device that all programs of this process share. */
export interface ProcessDevice {
  readonly client: DeviceClient;
  /** Version of NVIDIA's driver. */
  readonly driver: string | undefined;
  /** Of a GPU. */
  readonly tuning: Tuning | undefined;
}

/** What `startEngine` settles before the device is opened. */
export interface DeviceChoice {
  /** File of the plugin, where TSSL_PJRT_PLUGIN names none. */
  readonly plugin?: string;
  /** Whether a GPU's memory is taken as needed, instead of at once. */
  readonly gpuMemoryGrowth: boolean;
  /** How many devices are opened; of others no memory is taken. */
  readonly replicas: number;
  /** The number of this process among those that see the same devices, which each open as many. Default 0. */
  readonly place?: number;
}

let choice: DeviceChoice = { gpuMemoryGrowth: true, replicas: 1 };
let opened: ProcessDevice | undefined;

export function chooseDevice(chosen: DeviceChoice): void {
  choice = chosen;
}

/**
 * One for each process, because a client reserves a GPU's memory. Its plugin is the file that
 * TSSL_PJRT_PLUGIN names, or else the one that `chooseDevice` took.
 *
 * @throws {EngineError} NOT_SET_UP without one; DEVICE_PLUGIN_BROKEN, DEVICE_FAILED.
 */
export function processDevice(env: NodeJS.ProcessEnv = process.env): ProcessDevice {
  if (opened !== undefined) return opened;
  const named = env["TSSL_PJRT_PLUGIN"] || choice.plugin;
  if (!named) throw devicePluginMissing();
  const file = fs.existsSync(named) ? fs.realpathSync(named) : named;
  const platform = platformOf(file);
  if (platform === "cuda") loadNvidiaLibraries(file);
  const cards = platform === "cuda" ? cudaDriver()?.cards : undefined;
  const first = firstCard(choice);
  if (cards !== undefined && cards.length < first + choice.replicas) {
    const names = cards.map(({ name }) => name);
    throw notAsManyDevices(first + choice.replicas, names);
  }
  const client = openClient(openPlugin(file), clientOptions(platform, choice, first));
  const driver = platform === "cuda" ? cudaDriver()?.version : undefined;
  opened = { client, driver, tuning: client.platform === "cpu" ? undefined : tuning(client, driver) };
  return opened;
}

/** Settings of a client, as its platform knows them. */
export const clientOptions = (
  platform: string,
  { gpuMemoryGrowth, replicas }: Pick<DeviceChoice, "gpuMemoryGrowth" | "replicas">,
  first = 0,
): Readonly<Record<string, NamedValue>> =>
  platform === "cpu"
    ? { cpu_device_count: replicas }
    : {
        preallocate: !gpuMemoryGrowth,
        memory_fraction: MEMORY_SHARE,
        visible_devices: range(replicas).map((card) => first + card),
      };

/** The first card of this process, among those that it sees. */
export const firstCard = ({ replicas, place = 0 }: Pick<DeviceChoice, "replicas" | "place">): number =>
  place * replicas;

/** The most that is taken of a GPU's memory; a screen and the driver need the rest. */
const MEMORY_SHARE = 0.9;

function tuning({ plugin, devices }: DeviceClient, driver: string | undefined): Tuning | undefined {
  const { size, mtimeMs } = fs.statSync(plugin.file);
  return tuningOf([devices[0]!.kind, driver, plugin.apiVersion, size, mtimeMs]);
}
