import { type Accelerator, findAccelerator } from "./accelerator.ts";
import { cudaDriver } from "./cuda-driver.ts";
import type { EngineInfo, EngineSettings } from "./engine-options.ts";
import { EngineError } from "./errors.ts";
import type { InstalledAddon } from "./installed.ts";
import { setUpForCpu } from "./messages/no-gpu.ts";
import { twoCudas } from "./messages/not-set-up.ts";
import { platformOf } from "./pjrt/plugins.ts";
import type { Flavour } from "./setup/wheels.ts";

/** The device of mode "pjrt". A plugin that is asked for by its file needs no proof. */
export type ChosenDevice = Accelerator | { readonly kind: "named" };

export const isOnDevice = ({ kind }: ChosenDevice): boolean => kind === "ready" || kind === "named";

/**
 * The GPU for mode "pjrt", before TensorFlow is loaded: a set-up for CUDA 12 takes the GPU itself.
 *
 * @throws {EngineError} where a device or a backend was asked for by name and cannot be had, and where there
 * is neither a device nor TensorFlow.
 */
export async function chooseAccelerator(
  addon: InstalledAddon | EngineError,
  settings: EngineSettings,
): Promise<ChosenDevice> {
  if (!(addon instanceof EngineError)) return acceleratorBeside(addon.flavour, settings);
  const found = await acceleratorBeside("cpu", settings);
  if (!isOnDevice(found)) throw addon;
  return found;
}

async function acceleratorBeside(
  flavour: Flavour,
  { device, backend }: EngineSettings,
): Promise<ChosenDevice> {
  const named = backend === "pjrt" ? process.env["TSSL_PJRT_PLUGIN"] : undefined;
  if (named) {
    if (platformOf(named) === "cuda" && flavour === "gpu" && device !== "cpu") throw twoCudas();
    return { kind: "named" };
  }
  const isWanted = device !== "cpu" && (backend === "pjrt" || (backend === "auto" && flavour === "cpu"));
  const found: Accelerator = isWanted ? await findAccelerator() : { kind: "none" };
  if (found.kind === "unfit" && (device === "gpu" || backend === "pjrt")) throw found.error;
  if (found.kind === "ready" && flavour === "gpu") throw twoCudas();
  if (found.kind === "none" && device === "gpu" && flavour === "cpu") throw setUpForCpu();
  return found;
}

/** What the engine says of its device. */
export function acceleratorInfo(accelerator: ChosenDevice): Pick<EngineInfo, "accelerator" | "gpuProblem"> {
  if (accelerator.kind === "none" || accelerator.kind === "named") return {};
  if (accelerator.kind === "unfit") {
    const { problem, remedy } = accelerator.error;
    return { gpuProblem: { problem, remedy } };
  }
  const { plugin, verdict } = accelerator;
  return {
    accelerator: { deviceName: verdict.proof.deviceName, plugin, cards: cudaDriver()?.cards.length ?? 1 },
  };
}
