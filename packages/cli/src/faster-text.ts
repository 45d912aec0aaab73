import type { EngineCheck } from "@tssl/engine";

/** What would make steps faster than what computes them now. */
export function fasterText({
  engine,
  machine,
  cpu,
}: Pick<EngineCheck, "engine" | "machine" | "cpu">): string {
  if (engine?.accelerator !== undefined) {
    return "engine.precision bfloat16, or tf32: several times the rate of float32 on this GPU";
  }
  if (engine?.gpuProblem !== undefined) return "the GPU of this machine, once the problem below is solved";
  if (engine?.device === "gpu") return "npx tssl-engine-setup --gpu, which needs no TensorFlow on the GPU";
  const isHidden = machine.visibleDevices !== undefined && machine.nvidia !== undefined;
  if (isHidden) return `the GPU, which CUDA_VISIBLE_DEVICES="${machine.visibleDevices}" hides`;
  const gpu = "a machine with a GPU; tssl inspect graph --card tells what one would take";
  return cpu.features.includes("avx2") ? gpu : `a processor with AVX2, or ${gpu}`;
}
