import { EngineError } from "../errors.ts";
import type { XlaFlags } from "./compile-options.ts";
import { cudaFolder } from "./nvidia-libraries.ts";

/** XLA's default for the larger of two numbers drops what is not a number on a CPU, and on no GPU. */
const CPU: XlaFlags = { xla_cpu_enable_fast_min_max: false };
/**
 * Kernels whose sums depend on which thread comes first are left out. And no value is computed a second time
 * for want of memory: where a large step does not fit into the card, XLA may look for such values for more
 * than half an hour. `encoder.recompute` saves more.
 */
const GPU: XlaFlags = {
  xla_gpu_exclude_nondeterministic_ops: true,
  xla_disable_hlo_passes: "rematerialization",
};

/**
 * Flags of programs that are compiled for a GPU that is not here. Kernels are not tried out, as there is
 * nothing to run them on; without that, XLA cannot choose among Triton's, and refuses.
 */
export const WITHOUT_CARD: XlaFlags = {
  ...GPU,
  xla_gpu_enable_triton_gemm: false,
  xla_gpu_autotune_level: 0,
};

/**
 * Flags of a GPU's programs by which they give the same bits each time. XLA does not accept the first for
 * some products that Triton's kernels would make.
 */
export const REPEATABLE_ON_GPU: readonly XlaFlags[] = [GPU, { ...GPU, xla_gpu_enable_triton_gemm: false }];

/** Flags of a plugin's programs. */
export interface DeviceFlags {
  /** Those by which a program gives the same bits each time, the fastest first. */
  readonly repeatable: readonly XlaFlags[];
  /** Those that say where files are, which do not change what a program computes. */
  readonly files: XlaFlags;
}

/** @param plugin its file. */
export function deviceFlags(platform: string, plugin: string): DeviceFlags {
  if (platform === "cpu") return { repeatable: [CPU], files: {} };
  const folder = platform === "cuda" ? cudaFolder(plugin) : undefined;
  return {
    repeatable: REPEATABLE_ON_GPU,
    files: folder === undefined ? {} : { xla_gpu_cuda_data_dir: folder },
  };
}

/** Whether XLA refused to compile, which it may not with other flags. */
export const isRefusal = (error: unknown): error is EngineError =>
  error instanceof EngineError && error.code === "STEP_NOT_COMPILED";

/**
 * Compiles with the first flags that XLA accepts.
 *
 * @throws what `compile` throws with the last flags.
 */
export async function firstAccepted<T>(
  choices: readonly XlaFlags[],
  compile: (flags: XlaFlags) => Promise<T>,
): Promise<T> {
  const [flags = {}, ...others] = choices;
  try {
    return await compile(flags);
  } catch (error) {
    if (others.length === 0 || !isRefusal(error)) throw error;
    return firstAccepted(others, compile);
  }
}
