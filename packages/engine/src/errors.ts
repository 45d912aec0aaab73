/** What each code of an `EngineError` stands for, and what to do. */
export const engineErrors = {
  ALREADY_STARTED: {
    meaning: "TensorFlow was started in this process with other settings.",
    example:
      'The engine runs with {"device":"cpu"} and cannot change to {"device":"gpu"}: start it once per process, or use a new process.',
    remedy: "Start a process of its own for each set of engine options.",
  },
  COMPILE_FAILED: {
    meaning: "The addon that joins Node and TensorFlow could not be compiled.",
    example:
      "g++ could not compile the addon (error: …): it must be a C++17 compiler for this machine; set CXX to one, such as g++ 9 or later.",
    remedy:
      "Read the compiler's words in the message; a C++17 compiler and Node's own version are what it needs.",
  },
  COMPILER_MISSING: {
    meaning: "There is no C++ compiler.",
    example:
      "A C++ compiler is needed to build TensorFlow's addon for Node, but c++, g++ did not answer: install one (Debian, Ubuntu: apt install g++), or set CXX to its path.",
    remedy: "Install one: `apt-get install g++`.",
  },
  COMPUTE_FAILED: {
    meaning: "TensorFlow refused an op while a step ran.",
    example: "TensorFlow: Incompatible shapes: [16,8] vs. [16,7]",
    remedy:
      "Where it speaks of memory, lower batchSize, raise accumulate, or set encoder.recompute. Otherwise correct the line that is named.",
  },
  DISK_FULL: {
    meaning: "The set-up has no room for TensorFlow's library.",
    example:
      "800 MB of free disk are needed in ~/.cache/tssl, but only 120 MB are free: free some, or set TSSL_CACHE to a folder on another disk.",
    remedy: "Free some space, or set TSSL_CACHE to a folder with room.",
  },
  DOWNLOAD_FAILED: {
    meaning: "A file of TensorFlow's library did not arrive.",
    example: "pip could not download tensorflow-cpu 2.21.0: …. Put that right and run the set-up again.",
    remedy: "Run the set-up again; what has arrived is kept.",
  },
  FOLDER_NOT_WRITABLE: {
    meaning: "The cache cannot be written.",
    example:
      "The cache folder /cache must be writable, but it is not (EACCES): make it so, or set TSSL_CACHE to a folder that is.",
    remedy: "Set TSSL_CACHE to a folder of yours.",
  },
  HASH_MISMATCH: {
    meaning: "A downloaded file is not the one that was published.",
    example:
      "The wheel must have sha256 …, but what was downloaded has another: run the set-up again, and if it repeats, do not trust the index that pip is configured for.",
    remedy: "Run the set-up again. If it comes back, your index or proxy serves another file.",
  },
  INDEX_UNREACHABLE: {
    meaning: "The Python index that your pip uses does not answer.",
    example:
      'The Python package index must be reachable and offer tensorflow-cpu, but nothing came from it: check the network, and pip\'s settings with "python3 -m pip config list".',
    remedy: "Check the network, the proxy and pip's index settings (`pip config list`).",
  },
  INVALID_OPTION: {
    meaning: "An engine option is none, or does not go with the mode.",
    example: 'precision "bfloat16" needs mode "graph" or "xla", got "eager".',
    remedy: "Change it as the message says.",
    refusesConfig: true,
  },
  LIBRARY_BROKEN: {
    meaning: "TensorFlow's library is there and cannot be loaded.",
    example:
      'TensorFlow\'s library does not load (…): run "npx tssl-engine-setup --verify" to check and repair it.',
    remedy: "Run `node scripts/setup.mjs` again; `tssl doctor` checks it.",
  },
  NO_GPU: {
    meaning: "A GPU was asked for, and TensorFlow can use none.",
    example: 'A GPU was asked for, but the engine is set up for the CPU: run "npx tssl-engine-setup --gpu".',
    remedy:
      "Set engine.device to auto or cpu, or set up the library for GPUs (`node scripts/setup.mjs --gpu`); `tssl doctor` says what is missing.",
    refusesConfig: true,
  },
  NOT_SET_UP: {
    meaning: "TensorFlow's library has not been set up.",
    example: 'The engine is not set up yet: run "npx tssl-engine-setup".',
    remedy: "Run `node scripts/setup.mjs`.",
  },
  NOT_STARTED: {
    meaning: "An op was used before the engine was started.",
    example: "The engine is not started: `await startEngine()` comes first.",
    remedy: "Call `await startEngine()` first.",
  },
  NOT_TRACEABLE: {
    meaning:
      "A step cannot be recorded: it reads a value, draws a random number, or its shapes depend on values.",
    example: "A compiled step must not read a tensor's value (at loss.ts:12:7). …",
    remedy:
      "Correct the line that is named; random numbers come in by `build.input`. engine.mode eager runs the step as it is.",
  },
  PIP_MISSING: {
    meaning: "Python has no pip, which finds TensorFlow's library.",
    example:
      "python3 must have pip 19.0 or later, but has no pip: install it (Debian, Ubuntu: apt install python3-pip), or set TSSL_PYTHON to a Python that has it.",
    remedy: "Install it: `apt-get install python3-pip`.",
  },
  PROOF_FAILED: {
    meaning: "The library that was set up does not compute what it should.",
    example:
      'The engine was built but does not work: …. Run "npx tssl-engine-setup --verify"; if it repeats, report it with your processor\'s name and the output of "ldd --version".',
    remedy: "Run the set-up again; `tssl doctor` shows the result.",
  },
  PYTHON_MISSING: {
    meaning: "There is no Python 3.",
    example:
      "Python 3 with pip is needed to download TensorFlow, but python3 and python did not answer: install it (Debian, Ubuntu: apt install python3 python3-pip), or set TSSL_PYTHON to its path.",
    remedy: "Install it: `apt-get install python3 python3-pip`.",
  },
  SETUP_RUNNING: {
    meaning: "Another set-up has been running for long.",
    example:
      "Another set-up has held … for more than 30 minutes: wait for it, or stop it and delete that folder.",
    remedy: "Wait for it, or stop it and delete the folder that is named.",
  },
  TFJS_NODE_MISSING: {
    meaning: "An npm package is not installed.",
    example: 'The npm package @tensorflow/tfjs-node-gpu must be installed, but it is not: run "npm install".',
    remedy: "Run `npm install`.",
  },
  UNSUPPORTED_PLATFORM: {
    meaning: "There is no build of TensorFlow for this system.",
    example:
      "The engine needs Linux on x64 or arm64, this is darwin on arm64: use a Linux machine, a container, or on Windows the Windows Subsystem for Linux (WSL 2).",
    remedy: "Use Linux on x86-64.",
  },
  WHEEL_NOT_FOUND: {
    meaning: "The Python index has no TensorFlow for this system.",
    example:
      'The Python package index that pip is configured for must offer the wheel, but does not: configure one that mirrors PyPI in full ("python3 -m pip config list" shows the present one).',
    remedy: "Let pip use an index that has it.",
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly meaning: string;
      /** A message as it may read. */
      readonly example: string;
      readonly remedy: string;
      /** True where the config must be changed. */
      readonly refusesConfig?: boolean;
    }
  >
>;

export type EngineErrorCode = keyof typeof engineErrors;

/** Every error the engine throws on purpose. `code` is stable; the text is one line and may improve. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, " "), options);
    this.code = code;
  }
}

/** The message of a thrown value. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The operating system's code ("ENOENT", "EACCES") of anything thrown by Node's own functions. */
export const systemCode = (thrown: unknown): string | undefined =>
  (thrown as NodeJS.ErrnoException | undefined)?.code;
