import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export interface Cpu {
  readonly model: string;
  readonly count: number;
  /** The instruction sets of this processor that TensorFlow has fast paths for. */
  readonly features: readonly string[];
}

/** Instruction sets of x64 and arm64, by their names in Linux's /proc/cpuinfo. */
const FEATURES = [
  ...[
    "sse4_2",
    "avx",
    "avx2",
    "fma",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "avx_vnni",
    "amx_tile",
    "amx_bf16",
  ],
  ...["asimd", "asimddp", "bf16", "i8mm", "sve"],
];

export function cpu(): Cpu {
  const [, flags = ""] = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(read("/proc/cpuinfo")) ?? [];
  const present = new Set(flags.split(/\s+/));
  return {
    model: os.cpus()[0]?.model ?? "unknown processor",
    count: os.availableParallelism(),
    features: FEATURES.filter((feature) => present.has(feature)),
  };
}

/** Names of the GPUs that NVIDIA's driver lists, whether or not TensorFlow can use them. */
export function nvidiaGpus(): string[] {
  const folder = "/proc/driver/nvidia/gpus";
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).map((bus) => {
    const [, model] = /^Model:\s*(.*)$/m.exec(read(path.join(folder, bus, "information"))) ?? [];
    return model ?? "unknown GPU";
  });
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return ""; // not Linux, or hidden by a container
  }
}
