import { memoryAt } from "../foreign-functions.ts";
import type { Owned } from "./owned.ts";
import type { DevicePlugin } from "./plugin.ts";

/** Bytes that a compiled program takes on its device. */
export interface CompiledMemory {
  readonly code: number;
  readonly arguments: number;
  readonly results: number;
  /** Bytes of results that take the place of donated arguments. */
  readonly aliased: number;
  /** Bytes that it needs besides arguments and results while it runs. */
  readonly temporary: number;
  /** The most bytes at a time, of all the above but the code. */
  readonly peak: number;
}

/** A compiled program, whether or not its device is here. */
export interface Compiled {
  memory(): CompiledMemory;
  /** Bytes from which `loadExecutable` of the same plugin, for the same kind of device, makes it again. */
  serialize(): Uint8Array;
  free(): void;
}

/** @param handle of a PJRT_Executable. */
export function compiled(plugin: DevicePlugin, handle: Owned): Compiled {
  return {
    memory() {
      const stats = plugin.call("Executable_GetCompiledMemoryStats", { executable: handle.pointer });
      return {
        code: Number(stats.code),
        arguments: Number(stats.arguments),
        results: Number(stats.results),
        aliased: Number(stats.aliased),
        temporary: Number(stats.temporary),
        peak: Number(stats.peak),
      };
    },
    serialize() {
      const made = plugin.call("Executable_Serialize", { executable: handle.pointer });
      try {
        return memoryAt(made.bytes, Number(made.size)).slice();
      } finally {
        plugin.callPointer(made.free, made.owner);
      }
    },
    free: handle.free,
  };
}
