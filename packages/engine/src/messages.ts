/** Every error of the engine: one function for each message, in the order of their codes. */

import type * as tf from "@tensorflow/tfjs";

import type { WhyChangeable } from "./changeable-by-others.ts";
import type { HostValues } from "./compile/data-types.ts";
import type { CudaCard } from "./cuda-driver.ts";
import { EngineError, messageOf, systemCode } from "./errors.ts";
import type { HeldLock } from "./file-lock.ts";
import type { GpuMachine } from "./setup/gpu-machine.ts";

const SET_UP = 'Run "npx tssl-engine-setup".';
const VERIFY = 'Run "npx tssl-engine-setup --verify" to check and repair it.';
const OTHER_DISK = "Free some, or set TSSL_CACHE to a folder on another disk.";

/** "274 MB" */
export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** "84.9 GB" */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** "1 device", "2 devices" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

// ALREADY_STARTED

/** @param running options that the engine runs with, as JSON. */
export const alreadyStarted = (running: object, asked: object): EngineError =>
  new EngineError(
    "ALREADY_STARTED",
    `The engine runs with ${JSON.stringify(running)} and cannot change to ${JSON.stringify(asked)}.`,
    { remedy: "Start it once per process, or use a new process.", data: { running, asked } },
  );

// CACHE_OPEN

export const cacheOpen = (found: WhyChangeable): EngineError => {
  const code = "and code in it runs in this process.";
  if ("owner" in found) {
    return new EngineError(
      "CACHE_OPEN",
      `${found.path} belongs to another user (number ${found.owner}), ${code}`,
      {
        remedy: "Set TSSL_CACHE to a folder of your own, and run the set-up again.",
        data: found,
      },
    );
  }
  const { path, mode } = found;
  const problem = `${path} can be changed by other users of this machine (mode ${mode}), ${code}`;
  return new EngineError("CACHE_OPEN", problem, {
    remedy: 'Run "npx tssl-engine-setup", which closes it, or set TSSL_CACHE to another folder.',
    data: found,
  });
};

// COMPILE_FAILED

/** @param reason the compiler's first error. */
export const compileFailed = (compiler: string, reason: string): EngineError =>
  new EngineError("COMPILE_FAILED", `${compiler} could not compile the addon (${reason}).`, {
    remedy: "Set CXX to a C++17 compiler for this machine, such as g++ 9 or later.",
    data: { compiler, reason },
  });

// COMPILER_MISSING

export const compilerMissing = (candidates: readonly string[]): EngineError =>
  new EngineError(
    "COMPILER_MISSING",
    `A C++ compiler is needed to build TensorFlow's addon for Node, but ${candidates.join(", ")} did ` +
      "not answer.",
    {
      remedy: "Install one (Debian, Ubuntu: apt install g++), or set CXX to its path.",
      data: { candidates },
    },
  );

// COMPUTE_FAILED

export const inputsFreed = (step: string): EngineError =>
  new EngineError("COMPUTE_FAILED", `The inputs of this call of "${step}" were freed.`, {
    remedy: "Run a loaded call once, and before its program is disposed.",
    data: { step },
  });

/** An error with the line of the user's step that it is about. */
export const madeAt = ({ code, message, data, cause }: EngineError, site: string): EngineError =>
  new EngineError(code, `${message} (made at ${site})`, { data: { ...data, site }, cause });

export const operationMissing = (operation: string): EngineError =>
  new EngineError("COMPUTE_FAILED", `The graph has no operation "${operation}".`, { data: { operation } });

/**
 * Inputs of an op that do not go together.
 *
 * @param sentence what must hold and what was found; that of TensorFlow, where users may know it.
 */
export const inputsDoNotFit = (
  op: string,
  shapes: readonly (readonly number[])[],
  sentence: string,
): EngineError => {
  const given = shapes.map((shape) => `[${shape.join(",")}]`).join(", ");
  return tensorflowFailed(
    `${sentence.replace(/\.$/, "")} for ${op}${given === "" ? "" : ` with input shapes: ${given}`}`,
  );
};

export const programDisposed = (): EngineError =>
  new EngineError("COMPUTE_FAILED", "The program was disposed and can run nothing any more.");

/** @param reason TensorFlow's own message. */
export const tensorflowFailed = (reason: string): EngineError =>
  new EngineError("COMPUTE_FAILED", `TensorFlow: ${reason}`, { data: { reason } });

// DEVICE_FAILED, DEVICE_MEMORY_FULL, STEP_NOT_COMPILED

/**
 * @param name function of PJRT's C API.
 * @param status PJRT's code of the error.
 * @param reason PJRT's own message.
 */
export function deviceFailed(name: string, status: string, reason: string): EngineError {
  const data = { function: name, status, reason };
  if (status === "RESOURCE_EXHAUSTED") {
    return new EngineError("DEVICE_MEMORY_FULL", `The device has too little memory: ${sentence(reason)}`, {
      remedy: "Lower batchSize, raise accumulate, or set encoder.recompute.",
      data,
    });
  }
  if (name === "Client_Compile" || name === "Compile") {
    return new EngineError(
      "STEP_NOT_COMPILED",
      `XLA cannot compile the step (${status}): ${sentence(reason)}`,
      { data },
    );
  }
  return new EngineError("DEVICE_FAILED", `PJRT (${name}, ${status}): ${sentence(reason)}`, { data });
}

const sentence = (text: string): string => (/[.!?]\s*$/.test(text) ? text.trim() : `${text.trim()}.`);

/** @param what "buffer", "executable", "client". */
export const alreadyFreed = (what: string): EngineError =>
  new EngineError("DEVICE_FAILED", `The ${what} was freed and cannot be used any more.`, { data: { what } });

/** @param step that failed on a device after it had taken the state over. */
export const stateLost = (step: string): EngineError =>
  new EngineError("DEVICE_FAILED", `The step "${step}" failed on the device and took the state with it.`, {
    remedy: "Resume the run from its last checkpoint.",
    data: { step },
  });

/** @param type PJRT's number of an element type. */
export const elementUnknown = (type: number): EngineError =>
  new EngineError("DEVICE_FAILED", `Arrays of PJRT's element type ${type} cannot be read.`, {
    data: { type },
  });

// DEVICE_PLUGIN_BROKEN

export const pluginNotLoaded = (file: string, reason: string): EngineError =>
  new EngineError("DEVICE_PLUGIN_BROKEN", `The device plugin ${file} cannot be loaded (${reason}).`, {
    remedy: VERIFY,
    data: { file, reason },
  });

export const pluginOfOtherApi = (file: string, found: string, oldest: string): EngineError =>
  new EngineError(
    "DEVICE_PLUGIN_BROKEN",
    `The device plugin ${file} has version ${found} of PJRT's API, but 0.x from ${oldest} on is needed.`,
    { remedy: VERIFY, data: { file, found, oldest } },
  );

export const stackTooSmall = (): EngineError =>
  new EngineError(
    "DEVICE_PLUGIN_BROKEN",
    "The npm package koffi was used in this process before @tssl/engine was imported, so that XLA's " +
      "compiler would have too little stack.",
    { remedy: "Import @tssl/engine first." },
  );

// DISK_FULL

export const diskFilledUp = (file: string): EngineError =>
  new EngineError("DISK_FULL", `The disk filled up while ${file} was downloaded.`, {
    remedy: OTHER_DISK,
    data: { file },
  });

export const diskTooSmall = (folder: string, needed: number, free: number): EngineError =>
  new EngineError(
    "DISK_FULL",
    `${megabytes(needed)} of free disk space are needed in ${folder}, but only ${megabytes(free)} are free.`,
    { remedy: OTHER_DISK, data: { folder, needed, free } },
  );

// DOWNLOAD_FAILED

/** @param reason the last error that pip printed. */
export const downloadFailed = (project: string, version: string, reason: string): EngineError =>
  new EngineError("DOWNLOAD_FAILED", `pip could not download ${project} ${version}: ${reason}.`, {
    remedy: "Correct this, and run the set-up again.",
    data: { project, version, reason },
  });

// FOLDER_NOT_WRITABLE

/** @param folder where the npm packages lie. */
export const packagesNotWritable = (folder: string, cause: unknown): EngineError =>
  new EngineError(
    "FOLDER_NOT_WRITABLE",
    `${folder} must be writable, but it is not (${systemCode(cause) ?? "unknown reason"}).`,
    {
      remedy: "Make it writable, or install the npm packages as the user who runs the set-up.",
      data: { folder },
      cause,
    },
  );

export const cacheNotWritable = (folder: string, cause: unknown): EngineError => {
  const reason = systemCode(cause) ?? "unknown reason";
  return new EngineError("FOLDER_NOT_WRITABLE", `The cache folder ${folder} is not writable (${reason}).`, {
    remedy: "Make it writable, or set TSSL_CACHE to a folder that is.",
    cause,
    data: { folder, reason },
  });
};

// HASH_MISMATCH

export const hashMismatch = (file: string, sha256: string): EngineError =>
  new EngineError("HASH_MISMATCH", `The download of ${file} does not have the sha256 ${sha256}.`, {
    remedy: "Run the set-up again. If this repeats, do not trust the index that pip is configured for.",
    data: { file, sha256 },
  });

// INDEX_UNREACHABLE

export const indexUnreachable = (project: string): EngineError =>
  new EngineError(
    "INDEX_UNREACHABLE",
    `The Python package index cannot be reached, or does not offer ${project}.`,
    {
      remedy: 'Check the network, and pip\'s settings with "python3 -m pip config list".',
      data: { project },
    },
  );

// INVALID_OPTION

export const compiledModeNeeded = (precision: string): EngineError =>
  new EngineError("INVALID_OPTION", `precision "${precision}" needs mode "graph" or "xla", got "eager".`, {
    data: { option: "mode", precision, got: "eager" },
  });

export const gpuAndCpu = (): EngineError =>
  new EngineError("INVALID_OPTION", "Only one of --gpu, --cpu and --tensorflow-gpu can be used.", {
    data: { options: ["--gpu", "--cpu", "--tensorflow-gpu"] },
  });

export const withoutCardAlone = (): EngineError =>
  new EngineError("INVALID_OPTION", "--without-card belongs to --gpu.", {
    remedy: 'Run "npx tssl-engine-setup --gpu --without-card".',
  });

export const invalidThreads = (got: number): EngineError =>
  new EngineError("INVALID_OPTION", `threads must be a whole number, 1 or more, got ${got}.`, {
    data: { option: "threads", got },
  });

export const invalidReplicas = (got: number): EngineError =>
  new EngineError("INVALID_OPTION", `replicas must be a whole number, 1 or more, got ${got}.`, {
    data: { option: "replicas", got },
  });

/** @param kinds of the devices that are there. */
export const notAsManyDevices = (replicas: number, kinds: readonly string[]): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `${replicas} replicas need as many devices of one kind, and this process sees ` +
      `${kinds.length === 1 ? "one" : kinds.length}: ${kinds.join(", ")}.`,
    {
      remedy: "Set engine.replicas to the number of equal GPUs; CUDA_VISIBLE_DEVICES hides others.",
      data: { option: "replicas", got: replicas, kinds },
    },
  );

export const replicasOfTensorflow = (replicas: number, mode: string): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `${replicas} replicas need the plugin of a device (mode pjrt), and TensorFlow computes here, in mode ` +
      `${mode}.`,
    {
      remedy:
        'Run "npx tssl-engine-setup --gpu" and set engine.backend to pjrt, or leave engine.replicas at 1.',
      data: { option: "replicas", got: replicas, mode },
    },
  );

/** @param shape of the input. */
export const notShareable = (
  step: string,
  input: string,
  shape: readonly number[],
  replicas: number,
): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `The step "${step}" shares the rows of its input "${input}" out over ${replicas} replicas, and its ` +
      `shape [${shape.join(", ")}] has no equal parts.`,
    { data: { step, input, shape, replicas } },
  );

export const stateOfOneReplica = (step: string): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `The step "${step}" changes the state, which several replicas hold, on the first of them alone.`,
    { remedy: 'Compile it with "shared", so that all replicas run it.', data: { step } },
  );

export const stateMissing = (name: string): EngineError =>
  new EngineError("INVALID_OPTION", `The program has no state "${name}".`, { data: { name } });

export const wrongArgumentCount = (expected: number, got: number): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `Every device needs as many arguments as the first, which has ${expected}, got ${got}.`,
    { data: { expected, got } },
  );

/** @param size in bytes. */
export const wrongArraySize = (
  element: string,
  shape: readonly number[],
  size: number,
  got: number,
): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `An array of ${element} and shape [${shape.join(", ")}] has ${size} bytes, got ${got}.`,
    { data: { element, shape, size, got } },
  );

export const wrongDeviceCount = (expected: number, got: number): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `The program runs on ${expected} devices and needs arguments for each, got those of ${got}.`,
    { data: { expected, got } },
  );

export const wrongInputSize = (
  name: string,
  shape: readonly number[],
  size: number,
  got: number,
): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `The input "${name}" of shape [${shape.join(", ")}] needs ${size} values, got ${got}.`,
    { data: { name, shape, got } },
  );

export const wrongStateValues = (
  name: string,
  size: number,
  type: "Float32Array" | "Int32Array",
  got: HostValues,
): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `State "${name}" needs a ${type} with ${size} values, got a ${got.constructor.name} with ${got.length}.`,
    { data: { name, size, type, got: { type: got.constructor.name, size: got.length } } },
  );

// LIBRARY_BROKEN

export const libraryNotLoaded = (cause: unknown): EngineError =>
  new EngineError("LIBRARY_BROKEN", `TensorFlow's library cannot be loaded (${messageOf(cause)}).`, {
    remedy: VERIFY,
    cause,
  });

export const addonChanged = (addon: string): EngineError =>
  new EngineError("LIBRARY_BROKEN", `The addon ${addon} is not as the set-up built it.`, {
    remedy: SET_UP,
    data: { addon },
  });

export const libraryFileNotLoaded = (file: string): EngineError =>
  new EngineError("LIBRARY_BROKEN", `TensorFlow's library ${file} cannot be loaded.`, {
    remedy: VERIFY,
    data: { file },
  });

// NO_GPU

export const noUsableGpu = (hasDriver: boolean): EngineError =>
  new EngineError(
    "NO_GPU",
    "A GPU was requested, but TensorFlow cannot use one " +
      `(${hasDriver ? "NVIDIA's driver is loaded" : "there is no NVIDIA driver"}).`,
    {
      remedy: 'Check that "nvidia-smi" lists a GPU; set TF_CPP_MIN_LOG_LEVEL=0 to see TensorFlow\'s log.',
      data: { hasDriver },
    },
  );

export const setUpForCpu = (): EngineError =>
  new EngineError("NO_GPU", "A GPU was requested, but the engine is set up for the CPU.", {
    remedy: 'Run "npx tssl-engine-setup --gpu".',
  });

/** What of a machine tells how its GPUs come to be seen. */
type Surroundings = Pick<GpuMachine, "isContainer" | "isWsl">;

/** How a GPU that is there comes to be seen. */
function makeGpuVisible({ isContainer, isWsl }: Surroundings): string {
  if (isWsl) return 'Install NVIDIA\'s driver in Windows, and run "wsl --update" there.';
  if (isContainer) {
    return (
      'Start the container with its GPUs ("docker run --gpus all", with ' +
      "NVIDIA_DRIVER_CAPABILITIES=compute,utility)."
    );
  }
  return 'Install NVIDIA\'s driver, and see that "nvidia-smi" lists the GPU.';
}

export const noGpuHere = (machine: Surroundings): EngineError =>
  new EngineError("NO_GPU", "This machine shows no GPU: no driver of NVIDIA or AMD lists one.", {
    remedy:
      (machine.isContainer || machine.isWsl ? `${makeGpuVisible(machine)} ` : "") +
      'The CPU needs no more than "npx tssl-engine-setup"; --without-card fetches what a GPU needs all the ' +
      "same.",
    data: { isContainer: machine.isContainer, isWsl: machine.isWsl },
  });

export const gpusHidden = (visibleDevices: string): EngineError =>
  new EngineError("NO_GPU", `CUDA_VISIBLE_DEVICES is "${visibleDevices}", which hides every GPU.`, {
    remedy: "Unset it, or name the GPUs to use: CUDA_VISIBLE_DEVICES=0.",
    data: { visibleDevices },
  });

export const driverLibraryMissing = (machine: Surroundings): EngineError =>
  new EngineError(
    "NO_GPU",
    "NVIDIA's driver is in the kernel, but its library libcuda.so.1 cannot be loaded.",
    { remedy: makeGpuVisible(machine), data: { isContainer: machine.isContainer, isWsl: machine.isWsl } },
  );

/** What cuInit's errors mean, and what to do, where more than "nvidia-smi" helps. */
const DRIVER_REFUSALS: Readonly<Record<number, readonly [string, string]>> = {
  100: ["it finds no GPU", ""],
  802: ["the GPUs' fabric is not ready", 'Start "nvidia-fabricmanager" of the driver\'s own version.'],
  803: [
    "its library and its kernel module are of different versions",
    "Restart the machine, or load the module anew.",
  ],
  804: [
    "a newer CUDA's compatibility library stands before the driver's own",
    "Take its folder (such as /usr/local/cuda/compat) out of LD_LIBRARY_PATH.",
  ],
};

/** @param code what cuInit returned. */
export function driverRefuses(code: number, machine: Surroundings): EngineError {
  const [meaning, remedy] = DRIVER_REFUSALS[code] ?? ["", ""];
  return new EngineError(
    "NO_GPU",
    `NVIDIA's driver does not start (CUDA error ${code}${meaning === "" ? "" : `: ${meaning}`}).`,
    { remedy: remedy === "" ? makeGpuVisible(machine) : remedy, data: { code } },
  );
}

export const driverTooOld = (
  found: { readonly cuda: string; readonly version: string | undefined },
  needed: { readonly cuda: string; readonly driver: number },
): EngineError =>
  new EngineError(
    "NO_GPU",
    `NVIDIA's driver${found.version === undefined ? "" : ` ${found.version}`} runs CUDA ${found.cuda} at ` +
      `most, and the plugin needs ${needed.cuda}.`,
    {
      remedy:
        `Install driver ${needed.driver} or later. "npx tssl-engine-setup --tensorflow-gpu" takes ` +
        "TensorFlow's CUDA 12 instead.",
      data: { found, needed },
    },
  );

export const cardTooOld = ({ name, major, minor }: CudaCard, oldest: string): EngineError =>
  new EngineError(
    "NO_GPU",
    `${name} has compute capability ${major}.${minor}, and the plugin has code from ${oldest} on.`,
    {
      remedy: 'Run "npx tssl-engine-setup --tensorflow-gpu", whose TensorFlow has code from 6.0 on.',
      data: { name, major, minor, oldest },
    },
  );

// NOT_SET_UP

export const librariesMissing = (folder: string): EngineError =>
  new EngineError("NOT_SET_UP", `TensorFlow's libraries are missing from ${folder}.`, {
    remedy: SET_UP,
    data: { folder },
  });

export const devicePluginMissing = (): EngineError =>
  new EngineError("NOT_SET_UP", 'Mode "pjrt" needs the plugin of a device (PJRT), and there is none.', {
    remedy: 'Run "npx tssl-engine-setup --gpu", or set TSSL_PJRT_PLUGIN to the file of one.',
  });

/** @param names of GPUs. */
export const gpuNotSetUp = (names: readonly string[]): EngineError =>
  new EngineError("NOT_SET_UP", `This machine has a GPU (${names.join(", ")}) that is not set up.`, {
    remedy: 'Run "npx tssl-engine-setup --gpu".',
    data: { names },
  });

export const twoCudas = (): EngineError =>
  new EngineError(
    "NOT_SET_UP",
    "TensorFlow is set up with CUDA 12, which cannot be in one process with the CUDA 13 of engine.backend " +
      "pjrt.",
    { remedy: 'Run "npx tssl-engine-setup --gpu", or set engine.backend to tensorflow.' },
  );

export const notSetUp = (cause: unknown): EngineError =>
  new EngineError("NOT_SET_UP", "The engine is not set up yet.", { remedy: SET_UP, cause });

export const tensorflowNotSetUp = (): EngineError =>
  new EngineError(
    "NOT_SET_UP",
    "The modes eager, graph and xla and the replay of steps run in TensorFlow, which is not set up.",
    { remedy: SET_UP },
  );

/** A line of the set-up for a GPU. */
export const tensorflowNotNeeded = (): string =>
  "The GPU needs no TensorFlow; runs on the CPU and the engine's other modes do: npx tssl-engine-setup";

/** Versions of TensorFlow and tfjs-node. */
interface Versions {
  readonly tensorflow: string;
  readonly tfjsNode: string;
}

export const setUpForOtherVersions = (needed: Versions, found: Versions): EngineError =>
  new EngineError(
    "NOT_SET_UP",
    `The engine is set up for TensorFlow ${found.tensorflow} and tfjs-node ${found.tfjsNode}, ` +
      `but needs ${needed.tensorflow} and ${needed.tfjsNode}.`,
    { remedy: SET_UP, data: { needed, found } },
  );

// NOT_STARTED

export const notStarted = (): EngineError =>
  new EngineError("NOT_STARTED", "The engine is not started.", {
    remedy: "Call `await startEngine()` first.",
  });

/** @param what was asked for: "the op Relu". */
export const startedToRecord = (what: string): EngineError =>
  new EngineError("NOT_STARTED", `The engine was started to record steps, and cannot compute ${what}.`, {
    remedy: "Compute it in a step, or call `await startEngine()`.",
    data: { what },
  });

// NOT_TRACEABLE

/** @param site place in the user's code: "losses.ts:12:7". */
const notTraceable = (what: string, site: string | undefined, remedy: string, data: object): EngineError =>
  new EngineError("NOT_TRACEABLE", `${what}${site === undefined ? "" : ` (at ${site})`}.`, {
    remedy,
    data: { ...data, site },
  });

export const attributeNotRecordable = (name: string): EngineError =>
  new EngineError("NOT_TRACEABLE", `The kind of the attribute ${name} cannot be recorded.`, {
    data: { name },
  });

/** @param op whose result has a shape that depends on values. */
export const changingShape = (op: string, site: string | undefined): EngineError =>
  notTraceable(
    `The shape of the result of the op ${op} depends on values`,
    site,
    "Shapes are fixed in a compiled step: use an op with a result of one shape, such as a mask instead " +
      "of a selection.",
    { op },
  );

/** @param verb "reads", "assigns" or "makes". */
export const foreignVariable = (
  verb: "reads" | "assigns" | "makes",
  { name }: tf.Variable,
  site: string | undefined,
): EngineError =>
  notTraceable(
    `The step ${verb} the variable "${name}", which is not part of its state`,
    site,
    "Make variables before compiling, and name them in the state; `optimizerState` makes and names those " +
      "of an optimizer.",
    { verb, name },
  );

/** @param variable tfjs's name of it. */
export const gradientNotInOptimizerState = (variable: string): EngineError =>
  notTraceable(
    `The optimizer gets a gradient of the variable "${variable}", which \`optimizerState\` was not told of`,
    undefined,
    "Name it there, or leave it out of what `minimize` moves, by its list of variables.",
    { variable },
  );

export const largeConstant = ({ shape }: tf.Tensor, bytes: number, site: string | undefined): EngineError =>
  notTraceable(
    `The step holds a constant of shape [${shape.join(", ")}], ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    site,
    "Make it state, pass it as an input, or compute it from smaller tensors.",
    { shape, bytes },
  );

/** @param source of the numbers: "Math.random". */
export const randomNumbers = (source: string, site: string | undefined): EngineError =>
  notTraceable(
    `The step draws random numbers from ${source}`,
    site,
    "A recording would repeat them in every step: pass them as an input.",
    { source },
  );

/** @param op of TensorFlow that has no rule for the shapes of its results. */
export const opNotRecordable = (op: string, site: string | undefined): EngineError =>
  notTraceable(
    `The op ${op} cannot be recorded`,
    site,
    "Write it with other ops, or use engine.mode eager.",
    { op },
  );

/** @param dtype of a result, such as "int64". */
export const typeNotRecordable = (dtype: string, site: string | undefined): EngineError =>
  notTraceable(
    `The step makes a tensor of the type ${dtype}, which tfjs does not have`,
    site,
    'Ask the op for another type ("float32", "int32" or "bool"), or cast it within the op.',
    { dtype },
  );

export const stringConstant = (): EngineError =>
  new EngineError("NOT_TRACEABLE", "A compiled step cannot hold strings.");

export const tooManyShapes = (step: string, shapes: readonly string[]): EngineError =>
  new EngineError(
    "NOT_TRACEABLE",
    `The step "${step}" was called with ${shapes.length} sets of input shapes, and each is recorded and ` +
      "compiled: " +
      `${shapes.join(" | ")}.`,
    { remedy: "Keep the shapes of its inputs the same.", data: { step, shapes } },
  );

export const valueRead = (site: string | undefined): EngineError =>
  notTraceable(
    "The step reads a tensor's value",
    site,
    "A compiled step runs without JavaScript: compute with tensors and return the tensor to be read, " +
      "or use engine.mode eager.",
    {},
  );

// OP_NOT_SUPPORTED

/**
 * @param what completes "The op X …": "has no form for accelerators yet".
 * @param site place in the user's code: "encoder.ts:12:7".
 */
export const opNotSupported = (op: string, what: string, site: string | undefined): EngineError =>
  new EngineError("OP_NOT_SUPPORTED", `The op ${op}${site === undefined ? "" : ` (at ${site})`} ${what}.`, {
    remedy: "Use other ops there, or run on the CPU with engine.device cpu.",
    data: { op, site },
  });

// PIP_MISSING

/** @param found version of pip; undefined where there is none. */
export const pipMissing = (python: string, oldest: string, found: string | undefined): EngineError =>
  new EngineError(
    "PIP_MISSING",
    `${python} needs pip ${oldest} or later, but has ${found === undefined ? "no pip" : `pip ${found}`}.`,
    {
      remedy:
        "Install it (Debian, Ubuntu: apt install python3-pip), or set TSSL_PYTHON to a Python that " +
        "has it.",
      data: { python, oldest, found },
    },
  );

// PROOF_FAILED

export const proofFailed = (reason: string): EngineError =>
  new EngineError("PROOF_FAILED", `The engine was built but does not work: ${reason}.`, {
    remedy:
      'Run "npx tssl-engine-setup --verify". If this repeats, report it with the name of your ' +
      "processor and " +
      'the output of "ldd --version".',
    data: { reason },
  });

const REPORT_DEVICE =
  'Report it with what "tssl doctor --report" prints; engine.device cpu trains without it.';

/**
 * @param reason what happened to the process that took steps on the device.
 * @param remedy of that, where it is known.
 */
export const deviceProofFailed = (plugin: string, reason: string, remedy = ""): EngineError =>
  new EngineError("PROOF_FAILED", `A first step on the GPU failed: ${reason.replace(/\.$/, "")}.`, {
    remedy: remedy === "" ? REPORT_DEVICE : remedy,
    data: { plugin, reason },
  });

/** As `deviceProofFailed`, of a proof that was made earlier. */
export const deviceProofKnown = (problem: string, remedy: string): EngineError =>
  new EngineError("PROOF_FAILED", problem, { remedy });

// PYTHON_MISSING

export const pythonMissing = (candidates: readonly string[]): EngineError =>
  new EngineError(
    "PYTHON_MISSING",
    `Python 3 with pip is needed to download TensorFlow, but ${candidates.join(" and ")} cannot be run.`,
    {
      remedy:
        "Install it (Debian, Ubuntu: apt install python3 python3-pip), or set TSSL_PYTHON to the path of " +
        "a Python 3.",
      data: { candidates },
    },
  );

// SETUP_RUNNING

export function setupRunning(lock: string, minutes: number, { owner, isUnseen }: HeldLock): EngineError {
  const machine = owner?.host === undefined ? "" : ` on ${owner.host}`;
  const who = owner === undefined ? "" : ` (process ${owner.pid}${machine})`;
  return new EngineError(
    "SETUP_RUNNING",
    `Another set-up${who} has held ${lock} for more than ${minutes} minutes.`,
    {
      remedy: `Wait for it, or stop it${isUnseen ? "; if it no longer runs, delete that file" : ""}.`,
      data: { lock, minutes, ...owner },
    },
  );
}

// TFJS_NODE_MISSING

export const packageMissing = (name: string, cause: unknown): EngineError =>
  new EngineError("TFJS_NODE_MISSING", `The npm package ${name} is not installed.`, {
    remedy: 'Run "npm install".',
    cause,
    data: { name },
  });

// UNSUPPORTED_PLATFORM

export const gpuNotSupported = (platform: string): EngineError =>
  new EngineError("UNSUPPORTED_PLATFORM", `A GPU needs Linux on x64, this is ${platform}.`, {
    remedy: "Set the engine up without --gpu.",
    data: { platform },
  });

/** @param found version of glibc; undefined where the C library is another one. */
export const oldGlibc = (oldest: string, found: string | undefined): EngineError =>
  new EngineError(
    "UNSUPPORTED_PLATFORM",
    `The engine needs glibc ${oldest} or later, ` +
      `this system has ${found === undefined ? "another C library" : `glibc ${found}`}.`,
    {
      remedy: "Use a distribution with glibc, such as Debian 10 or later, or Ubuntu 18.10 or later.",
      data: { oldest, found },
    },
  );

export const systemNotSupported = (platform: string, arch: string): EngineError =>
  new EngineError(
    "UNSUPPORTED_PLATFORM",
    `The engine needs Linux on x64 or arm64, this is ${platform} on ${arch}.`,
    {
      remedy: "Use a Linux machine, a container, or on Windows the Windows Subsystem for Linux (WSL 2).",
      data: { platform, arch },
    },
  );

// WHEEL_NOT_FOUND

export const wheelNotFound = (file: string): EngineError =>
  new EngineError(
    "WHEEL_NOT_FOUND",
    `The Python package index that pip is configured for does not offer ${file}.`,
    {
      remedy:
        'Configure an index that mirrors PyPI in full; "python3 -m pip config list" shows the present one.',
      data: { file },
    },
  );
