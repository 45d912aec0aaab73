/** The description of each code of an `EngineError`. */
export const engineErrors = {
  ALREADY_STARTED: {
    meaning: "TensorFlow was started in this process with other settings.",
    example:
      'The engine runs with {"device":"cpu"} and cannot change to {"device":"gpu"}. ' +
      "Start it once per process, or use a new process.",
    remedy: "Use one process for each set of engine options.",
  },
  CACHE_OPEN: {
    meaning: "Other users of this machine could change TensorFlow's library in the cache, which is code.",
    example:
      "~/.cache/tssl/engine can be changed by other users of this machine (mode 777), and code in it runs " +
      'in this process. Run "npx tssl-engine-setup", which closes it, or set TSSL_CACHE to another folder.',
    remedy:
      "Run `node scripts/setup.mjs`, which closes the cache, or set TSSL_CACHE to a folder of your own and " +
      "run it then.",
  },
  COMPILE_FAILED: {
    meaning: "The addon that joins Node and TensorFlow could not be compiled.",
    example:
      "g++ could not compile the addon (error: …). " +
      "Set CXX to a C++17 compiler for this machine, such as g++ 9 or later.",
    remedy: "Read the compiler's error in the message. The addon needs a C++17 compiler.",
  },
  COMPILER_MISSING: {
    meaning: "There is no C++ compiler.",
    example:
      "A C++ compiler is needed to build TensorFlow's addon for Node, but g++, c++, clang++ did not " +
      "answer. Install one (Debian, Ubuntu: apt install g++), or set CXX to its path.",
    remedy: "Install one: `apt-get install g++`.",
  },
  COMPUTE_FAILED: {
    meaning: "Tensors of a step do not fit together, or TensorFlow could not compute one of its ops.",
    example: "TensorFlow: Incompatible shapes: [16,8] vs. [16,7]",
    remedy:
      "If the message is about memory, lower batchSize, raise accumulate, or set encoder.recompute. " +
      "Otherwise correct the line that the message names.",
  },
  DEVICE_FAILED: {
    meaning: "A device, such as a GPU, refused or failed a call of its plugin (PJRT).",
    example: "PJRT (LoadedExecutable_Execute, INVALID_ARGUMENT): Buffer has been deleted or donated.",
    remedy:
      "Run `tssl doctor`. A step that fails on a GPU has lost its state: resume the run from its last " +
      "checkpoint.",
  },
  DEVICE_MEMORY_FULL: {
    meaning: "A device, such as a GPU, has too little memory.",
    example:
      "The device has too little memory: Out of memory while trying to allocate 12884901888 bytes. " +
      "Lower batchSize, raise accumulate, or set encoder.recompute.",
    remedy: "Lower batchSize, raise accumulate, or set encoder.recompute. See that no other process uses it.",
  },
  DEVICE_PLUGIN_BROKEN: {
    meaning: "The plugin (PJRT) of a device cannot be loaded, or has another version than it needs.",
    example:
      "The device plugin xla_cuda_plugin.so cannot be loaded (file too short). " +
      'Run "npx tssl-engine-setup --verify" to check and repair it.',
    remedy: "Run `node scripts/setup.mjs` again; `tssl doctor` checks the plugin.",
  },
  DISK_FULL: {
    meaning: "There is too little disk space for TensorFlow's library.",
    example:
      "800 MB of free disk space are needed in ~/.cache/tssl, but only 120 MB are free. " +
      "Free some, or set TSSL_CACHE to a folder on another disk.",
    remedy: "Free some space, or set TSSL_CACHE to a folder with enough space.",
  },
  DOWNLOAD_FAILED: {
    meaning: "A file of TensorFlow's library could not be downloaded.",
    example:
      "pip could not download tensorflow-cpu 2.21.0: ERROR: …. Correct this, and run the set-up again.",
    remedy: "Run the set-up again; it keeps the files that it has downloaded.",
  },
  FOLDER_NOT_WRITABLE: {
    meaning: "The cache folder cannot be written.",
    example:
      "The cache folder /cache is not writable (EACCES). " +
      "Make it writable, or set TSSL_CACHE to a folder that is.",
    remedy: "Set TSSL_CACHE to a folder that you can write.",
  },
  HASH_MISMATCH: {
    meaning: "A downloaded file differs from the published one.",
    example:
      "The download of tensorflow.whl does not have the sha256 2b847d…. Run the set-up again. " +
      "If this repeats, do not trust the index that pip is configured for.",
    remedy: "Run the set-up again. If this repeats, your index or proxy serves another file.",
  },
  INDEX_UNREACHABLE: {
    meaning: "The Python package index that pip is configured for cannot be reached.",
    example:
      "The Python package index cannot be reached, or does not offer tensorflow-cpu. " +
      'Check the network, and pip\'s settings with "python3 -m pip config list".',
    remedy: "Check the network, the proxy and pip's index settings (`pip config list`).",
  },
  INVALID_OPTION: {
    meaning: "An engine option is invalid, or incompatible with the chosen mode.",
    example: 'precision "bfloat16" needs mode "graph" or "xla", got "eager".',
    remedy: "Change the option as the message says.",
    refusesConfig: true,
  },
  LIBRARY_BROKEN: {
    meaning: "TensorFlow's library is installed but cannot be loaded.",
    example:
      "TensorFlow's library cannot be loaded (file too short). " +
      'Run "npx tssl-engine-setup --verify" to check and repair it.',
    remedy: "Run `node scripts/setup.mjs` again; `tssl doctor` checks the library.",
  },
  NO_GPU: {
    meaning: "A GPU was requested, but none can be used.",
    example:
      "A GPU was requested, but the engine is set up for the CPU. " + 'Run "npx tssl-engine-setup --gpu".',
    remedy:
      "Set engine.device to auto or cpu, or set up the library for GPUs (`node scripts/setup.mjs --gpu`); " +
      "`tssl doctor` shows what is missing.",
    refusesConfig: true,
  },
  NOT_SET_UP: {
    meaning: "TensorFlow's library is not set up.",
    example: 'The engine is not set up yet. Run "npx tssl-engine-setup".',
    remedy: "Run `node scripts/setup.mjs`.",
  },
  NOT_STARTED: {
    meaning:
      "An op was used before the engine was started, or outside of a step where the engine only records.",
    example: "The engine is not started. Call `await startEngine()` first.",
    remedy: "Call `await startEngine()` first.",
  },
  NOT_TRACEABLE: {
    meaning:
      "A step cannot be recorded: it reads a value, draws a random number, its shapes depend on values, or " +
      "it uses an op whose shapes are not known.",
    example:
      "The step draws random numbers from Math.random (at loss.ts:12:7). " +
      "A recording would repeat them in every step: pass them as an input.",
    remedy:
      "Correct the line that the message names; `build.input` passes random numbers to a step. " +
      "engine.mode eager runs the step without recording it.",
  },
  OP_NOT_SUPPORTED: {
    meaning: "A step uses an op that the engine for GPUs and other accelerators cannot run.",
    example:
      "The op CropAndResize (at encoder.ts:12:7) has no form for accelerators yet. " +
      "Use other ops there, or run on the CPU with engine.device cpu.",
    remedy: "Use other ops at the line that the message names, or set engine.device to cpu.",
  },
  PIP_MISSING: {
    meaning: "Python has no pip, or one that is too old. pip downloads TensorFlow's library.",
    example:
      "python3 needs pip 20.3 or later, but has no pip. Install it (Debian, Ubuntu: apt install " +
      "python3-pip), or set TSSL_PYTHON to a Python that has it.",
    remedy: "Install it: `apt-get install python3-pip`.",
  },
  PROCESSES_FAILED: {
    meaning: "Processes that compute together cannot reach each other.",
    example:
      "The engine cannot listen at 10.0.0.1:40001: Could not start gRPC server. " +
      "Another program may have taken the port: start the processes again.",
    remedy: "See that every process can reach the addresses of the others, and start them again.",
  },
  PROOF_FAILED: {
    meaning: "The library was set up but computes wrong results.",
    example:
      "The engine was built but does not work: a convolution is off by 0.5. " +
      'Run "npx tssl-engine-setup --verify". If this repeats, report it with the name of your processor ' +
      'and the output of "ldd --version".',
    remedy: "Run the set-up again; `tssl doctor` shows the result.",
  },
  PYTHON_MISSING: {
    meaning: "There is no Python 3.",
    example:
      "Python 3 with pip is needed to download TensorFlow, but python3 and python cannot be run. " +
      "Install it (Debian, Ubuntu: apt install python3 python3-pip), " +
      "or set TSSL_PYTHON to the path of a Python 3.",
    remedy: "Install it: `apt-get install python3 python3-pip`.",
  },
  SETUP_RUNNING: {
    meaning: "Another set-up has been running for a long time.",
    example:
      "Another set-up (process 4711) has held ~/.cache/tssl/engine/lock for more than 30 minutes. " +
      "Wait for it, or stop it.",
    remedy: "Wait for it, or stop the process that the message names.",
  },
  STEP_NOT_COMPILED: {
    meaning: "XLA cannot compile a step for a device.",
    example: "XLA cannot compile the step (INVALID_ARGUMENT): failed to parse the module.",
    remedy:
      "Report it with the config: the message says what XLA refuses. engine.backend tensorflow runs it.",
  },
  TFJS_NODE_MISSING: {
    meaning: "An npm package is not installed.",
    example: 'The npm package @tensorflow/tfjs-node-gpu is not installed. Run "npm install".',
    remedy: "Run `npm install`.",
  },
  UNSUPPORTED_PLATFORM: {
    meaning: "There is no build of TensorFlow for this system.",
    example:
      "The engine needs Linux on x64 or arm64, this is darwin on arm64. " +
      "Use a Linux machine, a container, or on Windows the Windows Subsystem for Linux (WSL 2).",
    remedy: "Use Linux on x86-64.",
  },
  WHEEL_NOT_FOUND: {
    meaning: "The Python package index does not offer TensorFlow for this system.",
    example:
      "The Python package index that pip is configured for does not offer tensorflow.whl. " +
      'Configure an index that mirrors PyPI in full; "python3 -m pip config list" shows the present one.',
    remedy: "Configure pip for an index that offers it.",
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly meaning: string;
      /** An example of a message with this code. */
      readonly example: string;
      readonly remedy: string;
      /** True where the user must change the config. */
      readonly refusesConfig?: boolean;
    }
  >
>;

export type EngineErrorCode = keyof typeof engineErrors;

interface EngineErrorDetails extends ErrorOptions {
  /** What to do, as a sentence; it follows the problem in the message. */
  readonly remedy?: string;
  /** The facts of the error as values: paths, names and numbers that its message mentions. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * Every error that the engine throws on purpose. `code` and `data` are stable; the text is one line and may
 * improve.
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  /** The message without the remedy. */
  readonly problem: string;
  readonly remedy: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    code: EngineErrorCode,
    problem: string,
    { remedy = "", data = {}, ...options }: EngineErrorDetails = {},
  ) {
    const line = problem.replaceAll(/\s*\n\s*/g, " ");
    super(remedy === "" ? line : `${line} ${remedy}`, options);
    this.code = code;
    this.problem = line;
    this.remedy = remedy;
    this.data = data;
  }
}

/** The message of a thrown value. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The operating system's code, such as "ENOENT" or "EACCES", of an error of Node's own functions. */
export const systemCode = (thrown: unknown): string | undefined =>
  (thrown as NodeJS.ErrnoException | undefined)?.code;
