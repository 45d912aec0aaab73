import path from "node:path";

import { CUDA13_LIBRARIES } from "../setup/cuda13-wheels.ts";
import type { Wheel } from "../setup/wheels.ts";

export type PluginPlatform = "cpu" | "cuda" | "rocm";

/** A PJRT plugin as its authors publish it, pinned with the text that is written for it. */
export interface PinnedPlugin {
  /** PJRT's name of its platform. */
  readonly platform: PluginPlatform;
  readonly wheel: Wheel;
  /** Libraries that it loads on a device, but not to compile for one that is not here. */
  readonly libraries: readonly Wheel[];
  /** The plugin in the wheel. */
  readonly file: string;
  /** Version of its C API. */
  readonly apiVersion: string;
}

/** NVIDIA GPUs under CUDA 13: JAX's plugin, with native code for compute capability 7.5 to 12. */
export const CUDA13: PinnedPlugin = {
  platform: "cuda",
  wheel: {
    file: "jax_cuda13_pjrt-0.12.0.1-py3-none-manylinux_2_27_x86_64.whl",
    project: "jax-cuda13-pjrt",
    version: "0.12.0.1",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "5899bb6177eda86ea532afb9a26794f2bdd04966f6a01f9028266b16c2b6cf90",
    downloadBytes: 134_922_808,
    unpackedBytes: 395_967_648,
    wanted: /^jax_plugins\/.*\.so$/,
  },
  libraries: CUDA13_LIBRARIES,
  file: "jax_plugins/xla_cuda13/xla_cuda_plugin.so",
  apiVersion: "0.116",
};

/** AMD GPUs under ROCm 7, whose libraries the machine has in /opt/rocm: JAX's plugin. **Not run so far.** */
export const ROCM7: PinnedPlugin = {
  platform: "rocm",
  wheel: {
    file: "jax_rocm7_pjrt-0.12.0-py3-none-manylinux_2_27_x86_64.whl",
    project: "jax-rocm7-pjrt",
    version: "0.12.0",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "4551d0714523355f2946ca1958c3f584e95661e467a641d36b726f718a1c7934",
    downloadBytes: 133_415_872,
    unpackedBytes: 459_001_112,
    wanted: /^jax_plugins\/.*\.so$/,
  },
  libraries: [],
  file: "jax_plugins/xla_rocm7/xla_rocm_plugin.so",
  apiVersion: "0.116",
};

/** A CPU, for tests: TensorFlow computes faster there. */
export const CPU: PinnedPlugin = {
  platform: "cpu",
  wheel: {
    file: "lammps_jax_pjrt_cpu-0.11.2-py3-none-manylinux_2_27_x86_64.whl",
    project: "lammps-jax-pjrt-cpu",
    version: "0.11.2",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
    downloadBytes: 62_711_338,
    unpackedBytes: 201_600_336,
    wanted: /^lammps_jax_pjrt_cpu\/.*\.so$/,
  },
  libraries: [],
  file: "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
  apiVersion: "0.115",
};

/** Where a plugin lies, in a folder with the layout of Python's site-packages. */
export const pluginFile = (folder: string, { file }: PinnedPlugin): string => path.join(folder, file);

/** What a plugin computes on, by the name of its file, which is known before it is loaded. */
export function platformOf(file: string): PluginPlatform {
  const [, platform = "cpu"] = /(cuda|rocm)/.exec(path.basename(file)) ?? [];
  return platform as PluginPlatform;
}
