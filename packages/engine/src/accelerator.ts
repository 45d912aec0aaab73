import type { EngineError } from "./errors.ts";
import { gpuNotSetUp } from "./messages/not-set-up.ts";
import { CUDA13, platformOf, ROCM7 } from "./pjrt/plugins.ts";
import { installedDevice } from "./setup/device-plugin.ts";
import { type DeviceVerdict, deviceVerdict, verdictError } from "./setup/device-verdict.ts";
import { type GpuMachine, gpuMachine } from "./setup/gpu-machine.ts";
import { gpuRefusal } from "./setup/gpu-refusal.ts";

/** What of a machine could compute steps besides its processor. */
export type Accelerator =
  /** No GPU: nothing to say. */
  | { readonly kind: "none" }
  /** A GPU that cannot be used as things stand. */
  | { readonly kind: "unfit"; readonly error: EngineError }
  | { readonly kind: "ready"; readonly plugin: string; readonly verdict: DeviceVerdict & { works: true } };

interface AcceleratorOptions {
  readonly machine?: GpuMachine;
  /** The plugin's file, where it is not the one of the set-up. */
  readonly plugin?: string;
  readonly verdictOf?: typeof deviceVerdict;
  /** Told before a proof, which takes a minute and is made once for a card, driver and plugin. */
  readonly onProof?: () => void;
}

/** The GPU of this machine, with the plugin that was proved to compute on it. Proves it where nobody did. */
export async function findAccelerator({
  machine = gpuMachine(),
  plugin = process.env["TSSL_PJRT_PLUGIN"],
  verdictOf = deviceVerdict,
  onProof = () => {},
}: AcceleratorOptions = {}): Promise<Accelerator> {
  const names = gpuNames(machine);
  if (names.length === 0 || isHidden(machine)) return { kind: "none" };
  if (plugin && platformOf(plugin) === "cpu") return { kind: "none" }; // asked for by name, not by "auto"
  const refused = gpuRefusal(machine);
  if (refused !== undefined) return { kind: "unfit", error: refused };
  const file = plugin || (await installedDevice(isNvidia(machine) ? CUDA13 : ROCM7));
  if (file === undefined) return { kind: "unfit", error: gpuNotSetUp(names) };
  const verdict = await verdictOf(file, machine, { onProof });
  return verdict.works
    ? { kind: "ready", plugin: file, verdict }
    : { kind: "unfit", error: verdictError(verdict)! };
}

/** Whether this machine has a GPU and an earlier set-up has fetched what computes on it. */
export async function isSetUpForGpu(machine: GpuMachine = gpuMachine()): Promise<boolean> {
  if (gpuNames(machine).length === 0 || isHidden(machine)) return false;
  return (await installedDevice(isNvidia(machine) ? CUDA13 : ROCM7)) !== undefined;
}

const isNvidia = ({ nvidia }: GpuMachine): boolean => nvidia !== undefined;

/** Whether the user has taken the GPUs away from this process. */
const isHidden = ({ visibleDevices }: GpuMachine): boolean =>
  visibleDevices !== undefined && /^(|-1)$/.test(visibleDevices.trim());

/** The GPUs that a driver lists, or stands for where it does not start. */
export function gpuNames({ nvidia, amd }: GpuMachine): string[] {
  if (nvidia === undefined) return amd.map((architecture) => `AMD ${architecture}`);
  return "cards" in nvidia ? nvidia.cards.map(({ name }) => name) : ["an NVIDIA GPU"];
}
