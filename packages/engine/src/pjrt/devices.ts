import type { Pointer } from "../foreign-functions.ts";
import type { DevicePlugin } from "./plugin.ts";
import { textAt, wordsAt } from "./structs.ts";

/** A device that a client can use. It lives as long as its client. */
export interface Device {
  readonly pointer: Pointer;
  readonly id: number;
  /** "NVIDIA H100 80GB HBM3", "cpu". */
  readonly kind: string;
}

/** The devices of this machine that a client sees. */
export function devicesOf(plugin: DevicePlugin, client: Pointer): Device[] {
  const { devices, deviceCount } = plugin.call("Client_AddressableDevices", { client });
  return wordsAt(devices, deviceCount).map((device) => describe(plugin, device));
}

function describe(plugin: DevicePlugin, device: Pointer): Device {
  const { description } = plugin.call("Device_GetDescription", { device });
  const { id } = plugin.call("DeviceDescription_Id", { description });
  const { kind, kindSize } = plugin.call("DeviceDescription_Kind", { description });
  return { pointer: device, id: Number(BigInt.asIntN(32, id)), kind: textAt(kind, kindSize) };
}

/** Bytes of a device's memory. What its platform does not count is undefined. */
export interface MemoryInUse {
  readonly inUse: number;
  readonly peak: number | undefined;
  readonly limit: number | undefined;
}

/** @throws {EngineError} DEVICE_FAILED where the platform does not count memory, such as a CPU. */
export function memoryInUse(plugin: DevicePlugin, device: Device): MemoryInUse {
  const stats = plugin.call("Device_MemoryStats", { device: device.pointer });
  return {
    inUse: Number(stats.inUse),
    peak: isSet(stats.hasPeak) ? Number(stats.peak) : undefined,
    limit: isSet(stats.hasLimit) ? Number(stats.limit) : undefined,
  };
}

/** A C++ bool is the lowest byte of its word. */
const isSet = (word: bigint): boolean => (word & 0xffn) !== 0n;
