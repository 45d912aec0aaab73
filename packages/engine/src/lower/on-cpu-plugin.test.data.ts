import { bytesOf, type HostValues } from "../compile/data-types.ts";
import { type DeviceBuffer, downloadNow, upload } from "../pjrt/buffers.ts";
import { openClient } from "../pjrt/client.ts";
import { compile } from "../pjrt/executable.ts";
import { openPlugin } from "../pjrt/plugin.ts";
import type { ElementType } from "./literals.ts";
import type { LoweredStep } from "./module.ts";

/** An array as it comes from a program, which may compute in float64. */
export interface DeviceArray {
  readonly values: HostValues | Float64Array;
  readonly shape: readonly number[];
}

/**
 * Flags of the CPU's compiler, in tests alone. Its default for the larger of two numbers drops what is not a
 * number; a GPU does not. LLVM takes most of the time of compiling, for code that runs once.
 */
const FLAGS = { xla_cpu_enable_fast_min_max: false, xla_backend_optimization_level: 0 };

/** A lowered step that is compiled for the plugin of a CPU. */
export interface OnCpuPlugin {
  /** @param given an array for each argument. @returns one for each result. */
  run(given: readonly DeviceArray[]): Promise<DeviceArray[]>;
  /** As `run`, on as many devices as the program has replicas. */
  runReplicas(given: readonly (readonly DeviceArray[])[]): Promise<DeviceArray[][]>;
  close(): Promise<void>;
}

/** Devices of the plugin of a CPU, for programs of as many replicas. */
export interface CpuDevices {
  compile(lowered: LoweredStep): Promise<Pick<OnCpuPlugin, "run" | "runReplicas">>;
  close(): Promise<void>;
}

/** @param file the plugin, from `cpuPlugin`. */
export async function onCpuPlugin(
  file: string,
  lowered: LoweredStep,
  { replicas = 1 }: { readonly replicas?: number } = {},
): Promise<OnCpuPlugin> {
  const devices = cpuDevices(file, replicas);
  return { ...(await devices.compile(lowered)), close: () => devices.close() };
}

/** @param file the plugin, from `cpuPlugin`. */
export function cpuDevices(file: string, replicas: number): CpuDevices {
  const client = openClient(openPlugin(file), { cpu_device_count: replicas });
  return {
    async compile(lowered) {
      const program = await compile(client, lowered.text, { replicas, flags: FLAGS });
      const runReplicas = async (given: readonly (readonly DeviceArray[])[]): Promise<DeviceArray[][]> => {
        const buffers = given.map((arrays, replica) =>
          lowered.arguments.map(({ dtype, shape }, i): DeviceBuffer => {
            const bytes = bytesOf(arrays[i]!.values as HostValues);
            return upload(client, { element: dtype, shape, bytes }, client.devices[replica]);
          }),
        );
        const { results, done } = await program.start(buffers);
        await done;
        const arrays = results.map((each) =>
          downloadNow(each).map(({ bytes, element, shape }): DeviceArray => {
            return { values: valuesOf(bytes, element as ElementType), shape };
          }),
        );
        for (const buffer of [...buffers, ...results].flat()) buffer.free();
        return arrays;
      };
      return { runReplicas, run: async (given) => (await runReplicas([given]))[0]! };
    },
    close: () => client.close(),
  };
}

function valuesOf({ buffer }: Uint8Array, element: ElementType): HostValues | Float64Array {
  if (element === "float64") return new Float64Array(buffer as ArrayBuffer);
  if (element === "float32") return new Float32Array(buffer as ArrayBuffer);
  return element === "int32" ? new Int32Array(buffer as ArrayBuffer) : new Uint8Array(buffer as ArrayBuffer);
}
