import type { Pointer } from "../foreign-functions.ts";
import type { FunctionName } from "./c-api.ts";
import { type Device, devicesOf } from "./devices.ts";
import { type Owned, owned } from "./owned.ts";
import type { DevicePlugin } from "./plugin.ts";
import { type NamedValue, namedValues, textAt } from "./structs.ts";

/** What a program needs of a plugin: its devices, and all that lies on them. */
export interface DeviceClient {
  readonly plugin: DevicePlugin;
  readonly handle: Owned;
  /** "cpu", "cuda", "rocm". */
  readonly platform: string;
  /** What the platform says of its version: of CUDA, and the like. */
  readonly platformVersion: string;
  readonly devices: readonly Device[];
  /** Makes something that is freed with the client, if not before. */
  own(pointer: Pointer, what: string, destroy: (pointer: Pointer) => void): Owned;
  /** Counts work on other threads, which `close` waits for. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Waits for running calls, then frees all that is left, and the client. */
  close(): Promise<void>;
}

/**
 * Takes the devices of a plugin. A GPU's memory is reserved by the first client that uses it.
 *
 * @param options settings of the platform: those of CUDA are `allocator`, `memory_fraction`, `preallocate`
 * and `visible_devices`; of a CPU, `cpu_device_count`.
 * @throws {EngineError} DEVICE_FAILED
 */
export function openClient(
  plugin: DevicePlugin,
  options: Readonly<Record<string, NamedValue>> = {},
): DeviceClient {
  const named = namedValues(options);
  const { client } = plugin.call(
    "Client_Create",
    { options: named.pointer, optionCount: named.count },
    named.alive,
  );
  const handle = owned(client, "client", () => plugin.call("Client_Destroy", { client }));
  const name = plugin.call("Client_PlatformName", { client });
  const version = plugin.call("Client_PlatformVersion", { client });
  const living = new Set<Owned>();
  const running = new Set<Promise<unknown>>();
  let isClosing = false;

  return {
    plugin,
    handle,
    platform: textAt(name.name, name.nameSize),
    platformVersion: textAt(version.version, version.versionSize),
    devices: devicesOf(plugin, client),
    own(pointer, what, destroy) {
      const child = owned(pointer, what, (freed) => {
        living.delete(child);
        destroy(freed);
      });
      living.add(child);
      return child;
    },
    during(work) {
      running.add(work);
      const end = () => running.delete(work);
      work.then(end, end);
      return work;
    },
    async close() {
      if (isClosing) return;
      isClosing = true;
      const release = handle.hold();
      handle.free(); // No call begins from now on.
      while (running.size > 0) await Promise.allSettled(running);
      for (const child of living) child.free();
      release();
    },
  };
}

/** Calls the function that frees an object which is the only field of its struct. */
export const destroyBy =
  (plugin: DevicePlugin, name: FunctionName & `${string}_Destroy`, field: string) =>
  (pointer: Pointer): void =>
    void plugin.call(name, { [field]: pointer });
