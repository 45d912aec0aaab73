import fs from "node:fs";
import os from "node:os";

import * as tf from "@tensorflow/tfjs";

import { acceleratorInfo, chooseAccelerator, isOnDevice } from "./choose-accelerator.ts";
import { cudaDriver } from "./cuda-driver.ts";
import type { EngineInfo, EngineOptions, EngineSettings } from "./engine-options.ts";
import { EngineError } from "./errors.ts";
import { nvidiaGpus } from "./hardware.ts";
import { type InstalledAddon, installedAddon } from "./installed.ts";
import { setLibraryLog } from "./library-log.ts";
import { libraryNotLoaded } from "./messages/libraries.ts";
import { noUsableGpu, setUpForCpu } from "./messages/no-gpu.ts";
import { tensorflowNotSetUp } from "./messages/not-set-up.ts";
import { invalidReplicas, invalidThreads } from "./messages/options.ts";
import { invalidProcesses, tooFewProcesses } from "./messages/processes.ts";
import { alreadyStarted, notStarted } from "./messages/starting.ts";
import { chooseDevice, type DeviceChoice } from "./pjrt/process-client.ts";
import { registerRecordingBackend, replaceKernels, unregisterRecordingBackend } from "./recording-backend.ts";
import type { ProcessGroup } from "./processes/process-group.ts";
import {
  NODE_BACKEND,
  type NativeBackend,
  nativeBackend,
  restoreRemovedFunctions,
} from "./tfjs-internals.ts";

interface Started {
  readonly settings: EngineSettings;
  /** Of TensorFlow; undefined where the engine does without. */
  readonly libraryFolder: string | undefined;
  /** Whether the plugin of a device is ready; set before `info` is there. */
  isOnDevice: boolean;
  readonly info: Promise<EngineInfo>;
}

/**
 * One per process, not per module: the library is loaded once, even if a process has two copies of this
 * package.
 */
const registry = globalThis as { [STARTED]?: Started | undefined };
const STARTED = Symbol.for("tssl.engine.started");

/**
 * Loads TensorFlow into this process and makes it the backend of `@tensorflow/tfjs`. Where TensorFlow is not
 * set up and the plugin of a device is to compute, steps are recorded without it, as after `startRecorder`.
 *
 * Call it before the first op, from the main thread. The library reads its settings from the environment,
 * once, while it loads. Later calls return the same info; a call with other options throws, because the
 * settings cannot be changed any more.
 *
 * @throws {EngineError} NOT_SET_UP, LIBRARY_BROKEN, NO_GPU, ALREADY_STARTED, INVALID_OPTION.
 */
export async function startEngine({
  device = "auto",
  backend = "tensorflow",
  threads,
  gpuMemoryGrowth = true,
  tf32 = false,
  replicas = 1,
  processes,
}: EngineOptions = {}): Promise<EngineInfo> {
  const isOnCpu = device === "cpu" && backend === "auto";
  const settings: EngineSettings = {
    device,
    backend: isOnCpu ? "tensorflow" : backend,
    threads,
    gpuMemoryGrowth,
    tf32,
    replicas,
    processes,
  };
  const started = registry[STARTED];
  if (started !== undefined) {
    const info = await started.info;
    if (!(await isSameEngine(started.settings, settings, info))) {
      throw alreadyStarted(started.settings, settings);
    }
    return info;
  }
  const addon = checkSettings(settings);
  const info = load(addon, settings);
  const libraryFolder = addon instanceof EngineError ? undefined : addon.libraryFolder;
  registry[STARTED] = { settings, libraryFolder, isOnDevice: false, info };
  return info;
}

/**
 * Whether a start that is asked for is that of the engine that runs: the same settings, or "auto" where it
 * chooses, or chose, TensorFlow.
 */
async function isSameEngine(
  started: EngineSettings,
  asked: EngineSettings,
  { accelerator }: EngineInfo,
): Promise<boolean> {
  const isSame = (backend: EngineSettings["backend"]) =>
    JSON.stringify({ ...started, backend }) === JSON.stringify({ ...asked, backend });
  if (!isSame("auto")) return false;
  if (started.backend === asked.backend) return true;
  if (started.backend === "pjrt" || asked.backend === "pjrt") return false;
  return started.backend === "auto"
    ? accelerator === undefined
    : (await chooseAccelerator(installedAddon(), asked)).kind !== "ready";
}

/**
 * Makes this process able to record steps, without TensorFlow: its library is neither needed nor loaded.
 *
 * A recorded step has the same ops, attributes and shapes as under `startEngine`, and first values of a run
 * are the same to the bit. What is computed outside of a step is computed by tfjs in JavaScript, on the
 * backend "cpu"; `rawOp` and the ops of this package that use it work in steps alone.
 *
 * Where the engine was started already, its library records, and nothing changes. `startEngine` may follow
 * later. Programs in mode "pjrt" run too, on the plugin that TSSL_PJRT_PLUGIN names.
 *
 * @param options.tf32 as for `startEngine`, for mode "pjrt".
 * @throws {EngineError} TFJS_NODE_MISSING.
 *
 * @example
 * ```ts
 * import { recordStep } from "./compile/record.ts";
 *
 * await startRecorder();
 * const x = { values: Float32Array.of(1, 2, 3), shape: [3] };
 * const { nodes, produced } = recordStep(({ x }) => ({ y: tf.square(x!) }), { x }, {});
 * nodes.map(({ op }) => op); // => ["Square"]
 * produced.get("Square_0"); // => [{ dtype: "float32", shape: [3] }]
 * ```
 */
export async function startRecorder({ tf32 = false }: Pick<EngineOptions, "tf32"> = {}): Promise<void> {
  const started = registry[STARTED];
  if (started !== undefined) {
    await started.info;
    return;
  }
  await registerRecordingBackend();
  recorder = { tf32 };
}

let recorder: Pick<SessionSettings, "tf32"> | undefined;

/** Whether GPUs multiply in TensorFloat-32. @throws {EngineError} NOT_STARTED before either start. */
export function usesTensorFloat32(): boolean {
  const settings = registry[STARTED]?.settings ?? recorder;
  if (settings === undefined) throw notStarted();
  return settings.tf32;
}

/** Settings of a session that runs like the eager ops. */
export interface SessionSettings {
  readonly libraryFolder: string;
  readonly threads: number;
  readonly gpuMemoryGrowth: boolean;
  readonly tf32: boolean;
  /** Processes that programs of several replicas compute together with. */
  readonly group?: ProcessGroup;
}

/** @throws {EngineError} NOT_STARTED before `startEngine`, NOT_SET_UP without TensorFlow. */
export function sessionSettings(): SessionSettings {
  const started = registry[STARTED];
  if (started === undefined) throw notStarted();
  if (started.libraryFolder === undefined) throw tensorflowNotSetUp();
  const { gpuMemoryGrowth, tf32, processes } = started.settings;
  return {
    libraryFolder: started.libraryFolder,
    threads: threadCount(),
    gpuMemoryGrowth,
    tf32,
    ...(processes === undefined ? {} : { group: processes }),
  };
}

/** The processes that the engine was started to compute together with. */
export const processGroup = (): ProcessGroup | undefined => registry[STARTED]?.settings.processes;

/** Replicas of all processes of the group: devices, or where TensorFlow computes the processes themselves. */
export function replicasOfGroup(): number | undefined {
  const settings = registry[STARTED]?.settings;
  return settings?.processes && Math.max(settings.replicas, settings.processes.addresses.length);
}

/**
 * Whether the engine was started to compute on the device of a plugin. Then large products that are no part
 * of a run's steps, such as those of kNN, are made in mode "pjrt" too.
 */
export const usesDevice = (): boolean => registry[STARTED]?.isOnDevice === true;

/** @throws {EngineError} NOT_SET_UP where the engine was started without TensorFlow. */
export function requireTensorflow(): void {
  const started = registry[STARTED];
  if (started !== undefined && started.libraryFolder === undefined) throw tensorflowNotSetUp();
}

/** @returns why TensorFlow is not set up, where the plugin of a device may do without. */
function checkSettings({
  device,
  backend,
  threads,
  replicas,
  processes,
}: EngineSettings): InstalledAddon | EngineError {
  if (!(Number.isInteger(replicas) && replicas > 0)) throw invalidReplicas(replicas);
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw invalidThreads(threads);
  }
  if (processes !== undefined) requireGroup(processes);
  const addon = addonIfSetUp();
  if (addon instanceof EngineError) {
    if (backend === "tensorflow") throw addon;
  } else if (device === "gpu" && backend === "tensorflow" && addon.flavour === "cpu") {
    throw setUpForCpu();
  }
  return addon;
}

function requireGroup({ rank, addresses }: ProcessGroup): void {
  const count = addresses.length;
  if (count < 2) throw tooFewProcesses(count);
  if (!(Number.isInteger(rank) && rank >= 0 && rank < count)) throw invalidProcesses(rank, count);
}

function addonIfSetUp(): InstalledAddon | EngineError {
  try {
    return installedAddon();
  } catch (error) {
    if (error instanceof EngineError && error.code === "NOT_SET_UP") return error;
    throw error;
  }
}

async function load(addon: InstalledAddon | EngineError, settings: EngineSettings): Promise<EngineInfo> {
  const accelerator = await chooseAccelerator(addon, settings).catch((error: unknown) => {
    registry[STARTED] = undefined; // nothing is loaded yet: another device may be asked for
    throw error;
  });
  const { gpuMemoryGrowth } = settings;
  chooseDevice({
    gpuMemoryGrowth,
    ...devicesHere(settings),
    ...(accelerator.kind === "ready" && { plugin: accelerator.plugin }),
  });
  registry[STARTED]!.isOnDevice = isOnDevice(accelerator);
  setEnvironment(settings);
  if (addon instanceof EngineError) {
    await registerRecordingBackend();
    return { ...describeProcessor(), ...acceleratorInfo(accelerator) };
  }
  restoreRemovedFunctions();
  const backend = await loadBackend();
  if (settings.device === "gpu" && !backend.isUsingGpuDevice && !isOnDevice(accelerator)) {
    throw noUsableGpu(fs.existsSync("/proc/driver/nvidia/version"));
  }
  return { ...describe(addon, backend), ...acceleratorInfo(accelerator) };
}

/** The devices that this process opens, and which of its machine's. */
function devicesHere({ replicas, processes }: EngineSettings): Pick<DeviceChoice, "replicas" | "place"> {
  if (processes === undefined) return { replicas };
  const { addresses, place = 0 } = processes;
  return { replicas: Math.max(1, Math.floor(replicas / addresses.length)), place };
}

function setEnvironment({ device, threads, gpuMemoryGrowth, tf32, processes }: EngineSettings): void {
  // By default TensorFlow turns oneDNN on only for some Intel processors; it is faster on the others too.
  process.env["TF_ENABLE_ONEDNN_OPTS"] = "1";
  // Where a process is lost, TensorFlow would print each exchange that fails by it: it is told in words.
  setLibraryLog(processes === undefined ? "errors" : "endings");
  process.env["TF_FORCE_GPU_ALLOW_GROWTH"] = String(gpuMemoryGrowth);
  // NVIDIA's libraries use TensorFloat-32 by default.
  if (!tf32) process.env["NVIDIA_TF32_OVERRIDE"] = "0";
  if (device === "cpu") process.env["CUDA_VISIBLE_DEVICES"] = "-1";
  if (threads !== undefined) {
    process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
    process.env["TF_NUM_INTEROP_THREADS"] = String(threads);
  }
}

async function loadBackend(): Promise<NativeBackend> {
  try {
    unregisterRecordingBackend();
    await import("@tensorflow/tfjs-node-gpu");
    await tf.setBackend(NODE_BACKEND);
    await tf.ready();
    replaceKernels();
  } catch (error) {
    throw libraryNotLoaded(error);
  }
  return nativeBackend();
}

const threadCount = (): number => Number(process.env["TF_NUM_INTRAOP_THREADS"]) || os.availableParallelism();

function describe(addon: InstalledAddon, { isUsingGpuDevice, binding }: NativeBackend): EngineInfo {
  const card = isUsingGpuDevice ? cudaDriver()?.cards[0] : undefined;
  const { flavour, libraryFolder } = addon;
  return {
    ...describeProcessor(),
    ...(isUsingGpuDevice ? { device: "gpu", deviceName: nvidiaGpus()[0] ?? "unknown GPU" } : {}),
    ...(card === undefined ? {} : { computeCapability: `${card.major}.${card.minor}` }),
    tensorflow: { version: binding.TF_Version, oneDnn: true, flavour, libraryFolder },
  };
}

const describeProcessor = (): EngineInfo => ({
  device: "cpu",
  deviceName: os.cpus()[0]?.model ?? "unknown processor",
  tfjsVersion: tf.version.tfjs,
  threads: threadCount(),
});
