import fs from "node:fs";
import os from "node:os";
import util from "node:util";

import * as tf from "@tensorflow/tfjs";

import { EngineError } from "./errors.ts";
import { replaceGather } from "./gather-without-reading.ts";
import { nvidiaGpus } from "./hardware.ts";
import { type InstalledAddon, installedAddon, libraryBroken } from "./installed.ts";
import { replacePointwiseFilterGradient } from "./pointwise-filter-gradient.ts";
import type { Flavour } from "./setup/wheels.ts";

export interface EngineOptions {
  /** "auto" takes a GPU where the library sees one, else the CPU. Default "auto". */
  readonly device?: "auto" | "cpu" | "gpu";
  /** Threads of one op, and ops at a time. Default: TF_NUM_INTRAOP_THREADS, else one per processor. */
  readonly threads?: number;
  /** Take GPU memory as it is needed, not all of it at the start. Default true. */
  readonly gpuMemoryGrowth?: boolean;
  /** Let NVIDIA GPUs multiply in TensorFloat-32: 10 bits of mantissa, several times as fast. No effect on a CPU. Default false. */
  readonly tf32?: boolean;
}

export interface EngineInfo {
  readonly device: "cpu" | "gpu";
  readonly deviceName: string;
  readonly tensorflowVersion: string;
  readonly tfjsVersion: string;
  readonly oneDnn: boolean;
  readonly threads: number;
  readonly libraryFlavour: Flavour;
  readonly libraryFolder: string;
}

interface Started {
  readonly settings: string;
  readonly session: SessionSettings;
  readonly info: Promise<EngineInfo>;
}

/** Kept per process, not per module: the library loads once, also when two copies of this package run. */
const registry = globalThis as { [STARTED]?: Started };
const STARTED = Symbol.for("tssl.engine.started");

/**
 * Loads TensorFlow into this process and makes it the backend of `@tensorflow/tfjs`.
 *
 * Call it before the first op, from the main thread: the library reads its settings from the environment, once, while
 * it loads. Later calls return the same info; one with other options throws, because nothing can be changed any more.
 *
 * @throws {EngineError} NOT_SET_UP, LIBRARY_BROKEN, NO_GPU, ALREADY_STARTED, INVALID_OPTION.
 */
export async function startEngine({
  device = "auto",
  threads,
  gpuMemoryGrowth = true,
  tf32 = false,
}: EngineOptions = {}): Promise<EngineInfo> {
  const settings: Settings = { device, threads, gpuMemoryGrowth, tf32 };
  const started = registry[STARTED];
  if (started !== undefined) {
    if (started.settings !== JSON.stringify(settings)) throw alreadyStarted(started.settings, settings);
    return started.info;
  }
  const addon = checkSettings(settings);
  const info = load(addon, settings);
  const session = { libraryFolder: addon.libraryFolder, threads: threadCount(), gpuMemoryGrowth };
  registry[STARTED] = { settings: JSON.stringify(settings), session, info };
  return info;
}

/** What a session of the same library must know to run like the eager ops do. */
export interface SessionSettings {
  readonly libraryFolder: string;
  readonly threads: number;
  readonly gpuMemoryGrowth: boolean;
}

/** @throws {EngineError} NOT_STARTED before `startEngine`. */
export function sessionSettings(): SessionSettings {
  const started = registry[STARTED];
  if (started === undefined) {
    throw new EngineError("NOT_STARTED", "The engine is not started: `await startEngine()` comes first.");
  }
  return started.session;
}

type Settings = Required<Omit<EngineOptions, "threads">> & { readonly threads: number | undefined };

function checkSettings({ device, threads }: Settings): InstalledAddon {
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new EngineError("INVALID_OPTION", `threads must be a whole number from 1 on, got ${threads}.`);
  }
  const addon = installedAddon();
  if (device === "gpu" && addon.flavour === "cpu") {
    throw new EngineError(
      "NO_GPU",
      `A GPU was asked for, but the engine is set up for the CPU: run "npx tssl-engine-setup --gpu".`,
    );
  }
  return addon;
}

async function load(addon: InstalledAddon, settings: Settings): Promise<EngineInfo> {
  setEnvironment(settings);
  restoreRemovedFunctions();
  const backend = await loadBackend();
  if (settings.device === "gpu" && !backend.isUsingGpuDevice) throw noUsableGpu();
  return describe(addon, backend);
}

function setEnvironment({ device, threads, gpuMemoryGrowth, tf32 }: Settings): void {
  // TensorFlow turns oneDNN on by itself only on some processors of Intel; it is faster on the others too.
  process.env["TF_ENABLE_ONEDNN_OPTS"] = "1";
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  process.env["TF_FORCE_GPU_ALLOW_GROWTH"] = String(gpuMemoryGrowth);
  // NVIDIA's libraries use TensorFloat-32 unless told not to.
  if (!tf32) process.env["NVIDIA_TF32_OVERRIDE"] = "0";
  if (device === "cpu") process.env["CUDA_VISIBLE_DEVICES"] = "-1";
  if (threads !== undefined) {
    process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
    process.env["TF_NUM_INTEROP_THREADS"] = String(threads);
  }
}

/** tfjs-node 4.22 calls two functions of `util` that newer versions of Node warn of (22) or lack (23 and later). */
function restoreRemovedFunctions(): void {
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}

interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

async function loadBackend(): Promise<NativeBackend> {
  try {
    await import("@tensorflow/tfjs-node-gpu");
    await tf.setBackend("tensorflow");
    await tf.ready();
    replacePointwiseFilterGradient();
    replaceGather();
  } catch (error) {
    throw libraryBroken(error);
  }
  return tf.backend() as unknown as NativeBackend;
}

const threadCount = (): number => Number(process.env["TF_NUM_INTRAOP_THREADS"]) || os.availableParallelism();

function describe(addon: InstalledAddon, { isUsingGpuDevice, binding }: NativeBackend): EngineInfo {
  const cpuName = os.cpus()[0]?.model ?? "unknown processor";
  return {
    device: isUsingGpuDevice ? "gpu" : "cpu",
    deviceName: isUsingGpuDevice ? (nvidiaGpus()[0] ?? "unknown GPU") : cpuName,
    tensorflowVersion: binding.TF_Version,
    tfjsVersion: tf.version.tfjs,
    oneDnn: true,
    threads: threadCount(),
    libraryFlavour: addon.flavour,
    libraryFolder: addon.libraryFolder,
  };
}

const alreadyStarted = (first: string, second: Settings): EngineError =>
  new EngineError(
    "ALREADY_STARTED",
    `The engine runs with ${first} and cannot change to ${JSON.stringify(second)}: start it once per process, or use a new process.`,
  );

function noUsableGpu(): EngineError {
  const driver = fs.existsSync("/proc/driver/nvidia/version")
    ? "NVIDIA's driver is loaded"
    : "there is no NVIDIA driver";
  return new EngineError(
    "NO_GPU",
    `A GPU was asked for, but TensorFlow can use none (${driver}): see that "nvidia-smi" lists one, ` +
      `and set TF_CPP_MIN_LOG_LEVEL=0 to read what TensorFlow says about it.`,
  );
}
