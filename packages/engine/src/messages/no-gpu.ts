// The sentences of errors NO_GPU.

import type { CudaCard } from "../cuda-driver.ts";
import { EngineError } from "../errors.ts";
import type { GpuMachine } from "../setup/gpu-machine.ts";

export const noUsableGpu = (hasDriver: boolean): EngineError =>
  new EngineError(
    "NO_GPU",
    "A GPU was requested, but TensorFlow cannot use one " +
      `(${hasDriver ? "NVIDIA's driver is loaded" : "there is no NVIDIA driver"}).`,
    {
      remedy: 'Check that "nvidia-smi" lists a GPU; set TF_CPP_MIN_LOG_LEVEL=0 to see TensorFlow\'s log.',
      data: { hasDriver },
    },
  );

export const setUpForCpu = (): EngineError =>
  new EngineError("NO_GPU", "A GPU was requested, but the engine is set up for the CPU.", {
    remedy: 'Run "npx tssl-engine-setup --gpu".',
  });

/** What of a machine tells how its GPUs come to be seen. */
type Surroundings = Pick<GpuMachine, "isContainer" | "isWsl">;

/** How a GPU that is there comes to be seen. */
function makeGpuVisible({ isContainer, isWsl }: Surroundings): string {
  if (isWsl) return 'Install NVIDIA\'s driver in Windows, and run "wsl --update" there.';
  if (isContainer) {
    return (
      'Start the container with its GPUs ("docker run --gpus all", with ' +
      "NVIDIA_DRIVER_CAPABILITIES=compute,utility)."
    );
  }
  return 'Install NVIDIA\'s driver, and see that "nvidia-smi" lists the GPU.';
}

export const noGpuHere = (machine: Surroundings): EngineError =>
  new EngineError("NO_GPU", "This machine shows no GPU: no driver of NVIDIA or AMD lists one.", {
    remedy:
      (machine.isContainer || machine.isWsl ? `${makeGpuVisible(machine)} ` : "") +
      'The CPU needs no more than "npx tssl-engine-setup"; --without-card fetches what a GPU needs all the ' +
      "same.",
    data: { isContainer: machine.isContainer, isWsl: machine.isWsl },
  });

export const gpusHidden = (visibleDevices: string): EngineError =>
  new EngineError("NO_GPU", `CUDA_VISIBLE_DEVICES is "${visibleDevices}", which hides every GPU.`, {
    remedy: "Unset it, or name the GPUs to use: CUDA_VISIBLE_DEVICES=0.",
    data: { visibleDevices },
  });

export const driverLibraryMissing = (machine: Surroundings): EngineError =>
  new EngineError(
    "NO_GPU",
    "NVIDIA's driver is in the kernel, but its library libcuda.so.1 cannot be loaded.",
    { remedy: makeGpuVisible(machine), data: { isContainer: machine.isContainer, isWsl: machine.isWsl } },
  );

/** What cuInit's errors mean, and what to do, where more than "nvidia-smi" helps. */
const DRIVER_REFUSALS: Readonly<Record<number, readonly [string, string]>> = {
  100: ["it finds no GPU", ""],
  802: ["the GPUs' fabric is not ready", 'Start "nvidia-fabricmanager" of the driver\'s own version.'],
  803: [
    "its library and its kernel module are of different versions",
    "Restart the machine, or load the module anew.",
  ],
  804: [
    "a newer CUDA's compatibility library stands before the driver's own",
    "Take its folder (such as /usr/local/cuda/compat) out of LD_LIBRARY_PATH.",
  ],
};

/** @param code what cuInit returned. */
export function driverRefuses(code: number, machine: Surroundings): EngineError {
  const [meaning, remedy] = DRIVER_REFUSALS[code] ?? ["", ""];
  return new EngineError(
    "NO_GPU",
    `NVIDIA's driver does not start (CUDA error ${code}${meaning === "" ? "" : `: ${meaning}`}).`,
    { remedy: remedy === "" ? makeGpuVisible(machine) : remedy, data: { code } },
  );
}

export const driverTooOld = (
  found: { readonly cuda: string; readonly version: string | undefined },
  needed: { readonly cuda: string; readonly driver: number },
): EngineError =>
  new EngineError(
    "NO_GPU",
    `NVIDIA's driver${found.version === undefined ? "" : ` ${found.version}`} runs CUDA ${found.cuda} at ` +
      `most, and the plugin needs ${needed.cuda}.`,
    {
      remedy:
        `Install driver ${needed.driver} or later. "npx tssl-engine-setup --tensorflow-gpu" takes ` +
        "TensorFlow's CUDA 12 instead.",
      data: { found, needed },
    },
  );

export const cardTooOld = ({ name, major, minor }: CudaCard, oldest: string): EngineError =>
  new EngineError(
    "NO_GPU",
    `${name} has compute capability ${major}.${minor}, and the plugin has code from ${oldest} on.`,
    {
      remedy: 'Run "npx tssl-engine-setup --tensorflow-gpu", whose TensorFlow has code from 6.0 on.',
      data: { name, major, minor, oldest },
    },
  );
