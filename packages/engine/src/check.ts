import * as tf from "@tensorflow/tfjs";

import type { EngineInfo, EngineOptions } from "./engine-options.ts";
import { EngineError } from "./errors.ts";
import { type Cpu, cpu, nvidiaGpus } from "./hardware.ts";
import { convolutionError } from "./known-convolution.ts";
import { type PjrtDevice, pjrtDevice } from "./pjrt/process-client.ts";
import { type GpuMachine, gpuMachine } from "./setup/gpu-machine.ts";
import { startEngine } from "./start.ts";

export interface EngineProblem {
  readonly problem: string;
  readonly remedy: string;
}

export interface EngineCheck {
  /** Undefined if the engine does not start; `problems` then has the reason. */
  readonly engine: EngineInfo | undefined;
  readonly cpu: Cpu;
  /** Names of the GPUs that NVIDIA's driver lists, whether or not TensorFlow uses them. */
  readonly gpus: readonly string[];
  /** What the GPUs' drivers say, and where this process runs. */
  readonly machine: GpuMachine;
  /**
   * Largest deviation of a convolution and its gradients from their closed form; 0 is correct. It and
   * `gflops` are TensorFlow's, and undefined without it.
   */
  readonly convolutionError: number | undefined;
  /**
   * Speed of a 3x3 convolution, 64 to 64 channels at 32x32, batch 64, in 1e9 multiplications and additions
   * per second.
   */
  readonly gflops: { readonly forward: number; readonly forwardAndBackward: number } | undefined;
  /**
   * What computes with engine.backend pjrt; undefined without a plugin, or with one that does not work.
   */
  readonly pjrt: PjrtDevice | undefined;
  readonly problems: readonly EngineProblem[];
}

/**
 * Starts the engine and measures its speed, to find out why something is slow or does not run. Takes about
 * two seconds.
 */
export async function checkEngine(options: EngineOptions = {}): Promise<EngineCheck> {
  const hardware = { cpu: cpu(), gpus: nvidiaGpus(), machine: gpuMachine() };
  try {
    const engine = await startEngine({ backend: "auto", ...options });
    // JavaScript computes these where TensorFlow is not set up, and would take minutes.
    const hasTensorflow = engine.tensorflow !== undefined;
    const error = hasTensorflow ? convolutionError() : undefined;
    const pjrt = checkPjrt(engine);
    return {
      engine,
      ...hardware,
      convolutionError: error,
      gflops: hasTensorflow ? measureConvolution() : undefined,
      pjrt: pjrt.device,
      problems: [...problemsOf(engine, error, hardware), ...pjrt.problems],
    };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { problem, remedy } = error;
    return {
      engine: undefined,
      ...hardware,
      convolutionError: undefined,
      gflops: undefined,
      pjrt: undefined,
      problems: [{ problem, remedy }],
    };
  }
}

/** Opens the plugin of a device, where there is a GPU's, or TSSL_PJRT_PLUGIN names one. */
function checkPjrt({ accelerator }: EngineInfo): {
  readonly device?: PjrtDevice;
  readonly problems: readonly EngineProblem[];
} {
  if (accelerator === undefined && !process.env["TSSL_PJRT_PLUGIN"]) return { problems: [] };
  try {
    return { device: pjrtDevice(), problems: [] };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { problem, remedy } = error;
    return { problems: [{ problem, remedy: remedy || "Correct TSSL_PJRT_PLUGIN, or leave it out." }] };
  }
}

/** The problems of a started engine on a machine. */
export function problemsOf(
  engine: Pick<EngineInfo, "accelerator" | "device" | "gpuProblem" | "tensorflow" | "threads">,
  deviation: number | undefined,
  hardware: { readonly cpu: Cpu; readonly gpus: readonly string[] },
): EngineProblem[] {
  const problems: EngineProblem[] = [];
  if (deviation !== undefined && deviation !== 0) {
    problems.push({
      problem: `The result of a convolution differs from the known result by ${deviation}.`,
      remedy: `Run "npx tssl-engine-setup --verify" to check the library.`,
    });
  }
  if (engine.gpuProblem !== undefined) {
    problems.push(engine.gpuProblem);
  } else if (engine.device === "cpu" && engine.accelerator === undefined && hardware.gpus.length > 0) {
    problems.push({
      problem: `This machine has a GPU (${hardware.gpus.join(", ")}), but the engine runs on the CPU.`,
      remedy:
        engine.tensorflow?.flavour === "cpu"
          ? `Run "npx tssl-engine-setup --gpu".`
          : `Start with TF_CPP_MIN_LOG_LEVEL=0 to see in TensorFlow's log why it does not use the GPU.`,
    });
  }
  if (engine.device === "cpu" && process.arch === "x64" && !hardware.cpu.features.includes("avx2")) {
    problems.push({
      problem: "This processor has no AVX2. Training will be several times slower than on a newer one.",
      remedy: "Use a processor with AVX2; nearly all processors made since 2015 have it.",
    });
  }
  if (engine.threads > hardware.cpu.count) {
    problems.push({
      problem:
        `The engine has ${engine.threads} threads, but only ${hardware.cpu.count} processors are ` +
        "available.",
      remedy: `Start it with at most ${hardware.cpu.count} threads.`,
    });
  }
  return problems;
}

function measureConvolution(): { forward: number; forwardAndBackward: number } {
  const [batch, size, channels] = [64, 32, 64];
  const gflop = (2 * 9 * channels * channels * size * size * batch) / 1e9;
  return tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([batch, size, size, channels], 0, 1, "float32", 1);
    const w = tf.randomNormal<tf.Rank.R4>([3, 3, channels, channels], 0, 1, "float32", 2);
    const convolve = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same");
    const gradients = tf.valueAndGrads(convolve);
    const finish = (y: tf.Tensor): void => {
      y.flatten().slice(0, 1).dataSync(); // waits for a GPU too
    };
    return {
      forward: gflop / fastest(() => finish(convolve(x, w))),
      forwardAndBackward: (3 * gflop) / fastest(() => gradients([x, w]).grads.forEach(finish)),
    };
  });
}

/**
 * Seconds of the fastest of several runs. The first runs are not counted: they allocate memory and choose
 * kernels.
 */
function fastest(run: () => void): number {
  const seconds = Array.from({ length: 8 }, () => {
    const start = performance.now();
    tf.tidy(run);
    return (performance.now() - start) / 1000;
  });
  return Math.min(...seconds.slice(2));
}
