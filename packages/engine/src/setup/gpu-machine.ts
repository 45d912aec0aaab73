import fs from "node:fs";
import path from "node:path";

import { askCudaDriver, type CudaDriver, type RefusingDriver } from "../cuda-driver.ts";

/** What a machine says of its GPUs before any library for them is loaded. */
export interface GpuMachine {
  /** NVIDIA's driver; undefined where this process cannot load one. */
  readonly nvidia: CudaDriver | RefusingDriver | undefined;
  /** Whether NVIDIA's driver is in the kernel: of a container, in that of its host. */
  readonly hasNvidiaKernel: boolean;
  /** AMD's GPUs by their architectures: "gfx942". */
  readonly amd: readonly string[];
  /** Version of AMD's driver, where the kernel says it. */
  readonly amdDriver: string | undefined;
  readonly isContainer: boolean;
  /** Whether this is the Windows Subsystem for Linux. */
  readonly isWsl: boolean;
  /** CUDA_VISIBLE_DEVICES, where it is set. */
  readonly visibleDevices: string | undefined;
}

/**
 * @param root folder that stands for "/", in tests.
 * @param nvidia NVIDIA's driver.
 */
export function gpuMachine(
  root = "/",
  nvidia: () => GpuMachine["nvidia"] = askCudaDriver,
  env: NodeJS.ProcessEnv = process.env,
): GpuMachine {
  const exists = (file: string): boolean => fs.existsSync(path.join(root, file));
  const text = (file: string): string => read(path.join(root, file));
  const inContainer = ["/.dockerenv", "/run/.containerenv"].some(exists);
  return {
    nvidia: nvidia(),
    hasNvidiaKernel: exists("/proc/driver/nvidia/version") || exists("/dev/dxg"),
    amd: amdGpus(path.join(root, "/sys/class/kfd/kfd/topology/nodes")),
    amdDriver: text("/sys/module/amdgpu/version").trim() || undefined,
    isContainer: inContainer || /docker|kubepods|containerd|lxc/.test(text("/proc/1/cgroup")),
    isWsl: /microsoft/i.test(text("/proc/version")),
    visibleDevices: env["CUDA_VISIBLE_DEVICES"],
  };
}

/** The kernel's list of AMD's devices has processors too, whose version is 0. A version is 90402 for gfx942. */
function amdGpus(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).flatMap((node) => {
    const [, digits = "0"] =
      /^gfx_target_version (\d+)$/m.exec(read(path.join(folder, node, "properties"))) ?? [];
    const version = Number(digits);
    if (version === 0) return [];
    const [major, minor, step] = [
      Math.floor(version / 10_000),
      Math.floor(version / 100) % 100,
      version % 100,
    ];
    return [`gfx${major}${minor.toString(16)}${step.toString(16)}`];
  });
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return ""; // not Linux, or hidden by a container
  }
}
