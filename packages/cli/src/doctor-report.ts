import { homedir } from "node:os";

import { type EngineCheck, lastGpuTest } from "@tssl/engine";

/** Variables that decide which device computes, and how. None of them holds a secret. */
const VARIABLES = [
  ...["CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_VISIBLE_DEVICES"],
  ...["ONEDNN_MAX_CPU_ISA", "TF_NUM_INTRAOP_THREADS", "TSSL_CACHE", "TSSL_PJRT_PLUGIN", "XLA_FLAGS"],
];

/** All that is known of a machine and its engine, as JSON without the user's name in its paths. */
export function doctorReport(
  machine: Readonly<Record<string, string | number>>,
  check: EngineCheck,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const variables = VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  const report = {
    ...machine,
    ...check,
    environment: Object.fromEntries(variables) as Record<string, string>,
    gpuTest: lastGpuTest() ?? null,
  };
  return `${JSON.stringify(report, undefined, 1).replaceAll(homedir(), "~")}\n`;
}
