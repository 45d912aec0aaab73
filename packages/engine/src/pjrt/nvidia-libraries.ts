import fs from "node:fs";
import path from "node:path";

import { pinLibrary } from "../foreign-functions.ts";

/**
 * NVIDIA's libraries by their places in the folder of Python's packages that a plugin lies in. Those that
 * others need come first.
 */
const LIBRARIES = [
  ...["cudart.so.13", "nvrtc.so.13", "nvJitLink.so.13", "cublasLt.so.13", "cublas.so.13", "cupti.so.13"].map(
    (name) => `cu13/lib/lib${name}`,
  ),
  ...["cusparse.so.12", "cusolver.so.12", "cufft.so.12"].map((name) => `cu13/lib/lib${name}`),
  "nccl/lib/libnccl.so.2",
  "cudnn/lib/libcudnn.so.9",
];

/**
 * Loads NVIDIA's libraries that lie beside a plugin. Whoever asks for one by its name alone then has this
 * one: the plugin, and cuDNN, which looks for others where they are not. What is missing is left to them.
 */
export function loadNvidiaLibraries(plugin: string): void {
  for (const library of LIBRARIES) {
    const file = path.join(nvidiaFolder(plugin), library);
    if (fs.existsSync(file)) pinLibrary(file);
  }
}

/** CUDA's folder beside a plugin, where XLA finds ptxas and libdevice; undefined where there is none. */
export function cudaFolder(plugin: string): string | undefined {
  const folder = path.join(nvidiaFolder(plugin), "cu13");
  return fs.existsSync(folder) ? folder : undefined;
}

/** "site-packages/nvidia" for "site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so". */
const nvidiaFolder = (plugin: string): string => path.resolve(path.dirname(plugin), "../../nvidia");
