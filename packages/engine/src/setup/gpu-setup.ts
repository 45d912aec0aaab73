import type { CudaDriver } from "../cuda-driver.ts";
import { counted, gigabytes } from "../messages/amounts.ts";
import { CUDA13, type PinnedPlugin, ROCM7 } from "../pjrt/plugins.ts";
import { installDevice } from "./device-plugin.ts";
import { type DeviceVerdict, deviceVerdict, verdictError } from "./device-verdict.ts";
import { type GpuMachine, gpuMachine } from "./gpu-machine.ts";
import { gpuRefusal } from "./gpu-refusal.ts";
import type { Log } from "./progress.ts";

export interface GpuSetupOptions {
  /** Whether the card may be elsewhere: nothing is asked of a driver, and nothing is proved. */
  readonly withoutCard?: boolean;
  /** Whether to compare the unpacked files by their hashes, and to prove anew. */
  readonly verify?: boolean;
  readonly log?: Log;
  readonly machine?: GpuMachine;
  /** What downloads the plugin and its libraries. */
  readonly install?: typeof installDevice;
  readonly verdictOf?: typeof deviceVerdict;
}

export interface GpuSetupResult {
  readonly plugin: string;
  /** Undefined without a card. */
  readonly verdict: (DeviceVerdict & { works: true }) | undefined;
}

/**
 * Makes a GPU ready for mode "pjrt": asks the driver, downloads the plugin and the libraries that it needs
 * into the user's cache, takes some steps in a process of its own, and remembers how they went.
 *
 * @throws {EngineError} NO_GPU before anything is downloaded, PROOF_FAILED, and as the other set-up.
 */
export async function setupGpu({
  withoutCard = false,
  verify = false,
  log = () => undefined,
  machine = gpuMachine(),
  install = installDevice,
  verdictOf = deviceVerdict,
}: GpuSetupOptions = {}): Promise<GpuSetupResult> {
  const refused = withoutCard ? undefined : gpuRefusal(machine);
  if (refused !== undefined) throw refused;
  if (!withoutCard) log(machineText(machine));
  const chosen = pluginFor(machine, withoutCard);
  if (chosen.platform === "rocm") log("AMD's plugin is pinned like NVIDIA's, and has not been run so far.");
  const plugin = await install(chosen, { log, verify });
  if (withoutCard) return { plugin, verdict: undefined };
  const verdict = await verdictOf(plugin, machine, {
    again: verify ? "always" : "failures",
    onProof: () => log("Taking first steps on the GPU, in a process of their own (about a minute)"),
  });
  if (!verdict.works) throw verdictError(verdict)!;
  log(verdictText(verdict));
  return { plugin, verdict };
}

const pluginFor = ({ nvidia, amd }: GpuMachine, withoutCard: boolean): PinnedPlugin =>
  !withoutCard && nvidia === undefined && amd.length > 0 ? ROCM7 : CUDA13;

/** "NVIDIA H100 80GB HBM3 (compute capability 9.0, 84.9 GB), driver 580.95.05 for CUDA 13.0" */
export function machineText({ nvidia, amd, amdDriver, isContainer, isWsl }: GpuMachine): string {
  const where = isWsl ? ", under the Windows Subsystem for Linux" : isContainer ? ", in a container" : "";
  if (nvidia === undefined || "refusal" in nvidia) {
    const driver = amdDriver === undefined ? "" : `, driver ${amdDriver}`;
    return `${amd.map((architecture) => `AMD ${architecture}`).join(", ")}${driver}${where}`;
  }
  return `${cardsText(nvidia)}, driver ${nvidia.version ?? "of unknown version"} for CUDA ${nvidia.cuda}${where}`;
}

function cardsText({ cards }: CudaDriver): string {
  return cards
    .map(({ name, major, minor, memory }) => {
      const part = / MIG /.test(name) ? ", a part of a card (MIG)" : "";
      return `${name} (compute capability ${major}.${minor}, ${gigabytes(memory)}${part})`;
    })
    .join(", ");
}

function verdictText({ proof }: DeviceVerdict & { works: true }): string {
  const { deviceName, devices, deviation, isRepeatable } = proof;
  const bits = isRepeatable ? "the same bits each time" : "other bits each time, but for rounding the same";
  return (
    `First steps are correct: ${counted(devices, "device")}, ${deviceName}, off by ` +
    `${deviation.toPrecision(1)} from JavaScript, ${bits}`
  );
}
