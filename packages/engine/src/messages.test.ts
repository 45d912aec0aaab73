import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";

import { type EngineError, type EngineErrorCode, engineErrors } from "./errors.ts";
import * as messages from "./messages.ts";

/** The example of a code in the catalogue, which is one of its messages word for word. */
const exampleOf = (code: EngineErrorCode): string => engineErrors[code].example;
const site = "loss.ts:12:7";
const large = { shape: [512, 513] } as tf.Tensor;
const variable = { name: "weights" } as tf.Variable;
const systemError = Object.assign(new Error("denied"), { code: "EACCES" });

it.each<[code: EngineErrorCode, error: EngineError, sentence: string]>([
  [
    "ALREADY_STARTED",
    messages.alreadyStarted({ device: "cpu" }, { device: "gpu" }),
    exampleOf("ALREADY_STARTED"),
  ],
  ["CACHE_OPEN", messages.cacheOpen({ path: "~/.cache/tssl/engine", mode: "777" }), exampleOf("CACHE_OPEN")],
  [
    "CACHE_OPEN",
    messages.cacheOpen({ path: "/cache/engine", owner: 1000 }),
    "/cache/engine belongs to another user (number 1000), and code in it runs in this process. " +
      "Set TSSL_CACHE to a folder of your own, and run the set-up again.",
  ],
  ["COMPILE_FAILED", messages.compileFailed("g++", "error: …"), exampleOf("COMPILE_FAILED")],
  ["COMPILER_MISSING", messages.compilerMissing(["g++", "c++", "clang++"]), exampleOf("COMPILER_MISSING")],
  [
    "FOLDER_NOT_WRITABLE",
    messages.packagesNotWritable("node_modules/addon", systemError),
    "node_modules/addon must be writable, but it is not (EACCES). " +
      "Make it writable, or install the npm packages as the user who runs the set-up.",
  ],
  [
    "COMPUTE_FAILED",
    messages.inputsFreed("train"),
    'The inputs of this call of "train" were freed. Run a loaded call once, and before its program is ' +
      "disposed.",
  ],
  [
    "COMPUTE_FAILED",
    messages.madeAt(messages.tensorflowFailed("indices[0] = 7\n\t is not in [0, 2)"), site),
    "TensorFlow: indices[0] = 7 is not in [0, 2) (made at loss.ts:12:7)",
  ],
  ["COMPUTE_FAILED", messages.operationMissing("Conv2D_3"), 'The graph has no operation "Conv2D_3".'],
  ["COMPUTE_FAILED", messages.programDisposed(), "The program was disposed and can run nothing any more."],
  [
    "COMPUTE_FAILED",
    messages.tensorflowFailed("Incompatible shapes: [16,8] vs. [16,7]"),
    exampleOf("COMPUTE_FAILED"),
  ],
  [
    "COMPUTE_FAILED",
    messages.inputsDoNotFit("Add", [[2, 3], []], "Shapes are [2,3] and []."),
    "TensorFlow: Shapes are [2,3] and [] for Add with input shapes: [2,3], []",
  ],
  ["COMPUTE_FAILED", messages.inputsDoNotFit("NoOp", [], "None"), "TensorFlow: None for NoOp"],
  [
    "DEVICE_FAILED",
    messages.deviceFailed(
      "LoadedExecutable_Execute",
      "INVALID_ARGUMENT",
      "Buffer has been deleted or donated.\n",
    ),
    exampleOf("DEVICE_FAILED"),
  ],
  ["DEVICE_FAILED", messages.alreadyFreed("buffer"), "The buffer was freed and cannot be used any more."],
  [
    "DEVICE_FAILED",
    messages.stateLost("train"),
    'The step "train" failed on the device and took the state with it. ' +
      "Resume the run from its last checkpoint.",
  ],
  ["DEVICE_FAILED", messages.elementUnknown(14), "Arrays of PJRT's element type 14 cannot be read."],
  [
    "DEVICE_MEMORY_FULL",
    messages.deviceFailed(
      "Client_BufferFromHostBuffer",
      "RESOURCE_EXHAUSTED",
      "Out of memory while trying to allocate 12884901888 bytes",
    ),
    exampleOf("DEVICE_MEMORY_FULL"),
  ],
  [
    "DEVICE_PLUGIN_BROKEN",
    messages.pluginNotLoaded("xla_cuda_plugin.so", "file too short"),
    exampleOf("DEVICE_PLUGIN_BROKEN"),
  ],
  [
    "DEVICE_PLUGIN_BROKEN",
    messages.pluginOfOtherApi("plugin.so", "0.40", "0.81"),
    "The device plugin plugin.so has version 0.40 of PJRT's API, but 0.x from 0.81 on is needed. " +
      'Run "npx tssl-engine-setup --verify" to check and repair it.',
  ],
  [
    "DEVICE_PLUGIN_BROKEN",
    messages.stackTooSmall(),
    "The npm package koffi was used in this process before @tssl/engine was imported, so that XLA's " +
      "compiler would have too little stack. Import @tssl/engine first.",
  ],
  [
    "DISK_FULL",
    messages.diskFilledUp("tensorflow.whl"),
    "The disk filled up while tensorflow.whl was downloaded. " +
      "Free some, or set TSSL_CACHE to a folder on another disk.",
  ],
  ["DISK_FULL", messages.diskTooSmall("~/.cache/tssl", 800e6, 119.2e6), exampleOf("DISK_FULL")],
  [
    "DOWNLOAD_FAILED",
    messages.downloadFailed("tensorflow-cpu", "2.21.0", "ERROR: …"),
    exampleOf("DOWNLOAD_FAILED"),
  ],
  ["FOLDER_NOT_WRITABLE", messages.cacheNotWritable("/cache", systemError), exampleOf("FOLDER_NOT_WRITABLE")],
  ["HASH_MISMATCH", messages.hashMismatch("tensorflow.whl", "2b847d…"), exampleOf("HASH_MISMATCH")],
  ["INDEX_UNREACHABLE", messages.indexUnreachable("tensorflow-cpu"), exampleOf("INDEX_UNREACHABLE")],
  ["INVALID_OPTION", messages.compiledModeNeeded("bfloat16"), exampleOf("INVALID_OPTION")],
  ["INVALID_OPTION", messages.gpuAndCpu(), "Only one of --gpu, --cpu and --tensorflow-gpu can be used."],
  [
    "INVALID_OPTION",
    messages.withoutCardAlone(),
    '--without-card belongs to --gpu. Run "npx tssl-engine-setup --gpu --without-card".',
  ],
  ["INVALID_OPTION", messages.invalidThreads(0), "threads must be a whole number, 1 or more, got 0."],
  ["INVALID_OPTION", messages.invalidReplicas(0.5), "replicas must be a whole number, 1 or more, got 0.5."],
  [
    "INVALID_OPTION",
    messages.notAsManyDevices(4, ["NVIDIA H100", "NVIDIA L4"]),
    "4 replicas need as many devices of one kind, and this process sees 2: NVIDIA H100, NVIDIA L4. Set " +
      "engine.replicas to the number of equal GPUs; CUDA_VISIBLE_DEVICES hides others.",
  ],
  [
    "INVALID_OPTION",
    messages.replicasOfTensorflow(2, "graph"),
    "2 replicas need the plugin of a device (mode pjrt), and TensorFlow computes here, in mode graph. Run " +
      '"npx tssl-engine-setup --gpu" and set engine.backend to pjrt, or leave engine.replicas at 1.',
  ],
  [
    "INVALID_OPTION",
    messages.notShareable("train", "x", [6, 2], 4),
    'The step "train" shares the rows of its input "x" out over 4 replicas, and its shape [6, 2] has no ' +
      "equal parts.",
  ],
  [
    "INVALID_OPTION",
    messages.stateOfOneReplica("train"),
    'The step "train" changes the state, which several replicas hold, on the first of them alone. Compile ' +
      'it with "shared", so that all replicas run it.',
  ],
  ["INVALID_OPTION", messages.stateMissing("bias"), 'The program has no state "bias".'],
  [
    "INVALID_OPTION",
    messages.wrongArgumentCount(3, 2),
    "Every device needs as many arguments as the first, which has 3, got 2.",
  ],
  [
    "INVALID_OPTION",
    messages.wrongArraySize("int32", [2, 2], 16, 15),
    "An array of int32 and shape [2, 2] has 16 bytes, got 15.",
  ],
  [
    "INVALID_OPTION",
    messages.wrongDeviceCount(4, 3),
    "The program runs on 4 devices and needs arguments for each, got those of 3.",
  ],
  [
    "INVALID_OPTION",
    messages.wrongInputSize("x", [10, 100], 1000, 2),
    'The input "x" of shape [10, 100] needs 1000 values, got 2.',
  ],
  [
    "INVALID_OPTION",
    messages.wrongStateValues("count", 1, "Int32Array", Float32Array.of(1, 2)),
    'State "count" needs a Int32Array with 1 values, got a Float32Array with 2.',
  ],
  [
    "LIBRARY_BROKEN",
    messages.addonChanged("cache/tfjs_binding.node"),
    "The addon cache/tfjs_binding.node is not as the set-up built it. " + 'Run "npx tssl-engine-setup".',
  ],
  ["LIBRARY_BROKEN", messages.libraryNotLoaded(new Error("file too short")), exampleOf("LIBRARY_BROKEN")],
  [
    "LIBRARY_BROKEN",
    messages.libraryFileNotLoaded("/x/libtensorflow_cc.so.2"),
    "TensorFlow's library /x/libtensorflow_cc.so.2 cannot be loaded. " +
      'Run "npx tssl-engine-setup --verify" to check and repair it.',
  ],
  [
    "NO_GPU",
    messages.noUsableGpu(false),
    "A GPU was requested, but TensorFlow cannot use one (there is no NVIDIA driver). " +
      'Check that "nvidia-smi" lists a GPU; set TF_CPP_MIN_LOG_LEVEL=0 to see TensorFlow\'s log.',
  ],
  ["NO_GPU", messages.setUpForCpu(), exampleOf("NO_GPU")],
  [
    "NOT_SET_UP",
    messages.librariesMissing("/cache/tensorflow"),
    "TensorFlow's libraries are missing from /cache/tensorflow. " + 'Run "npx tssl-engine-setup".',
  ],
  [
    "NOT_SET_UP",
    messages.devicePluginMissing(),
    'Mode "pjrt" needs the plugin of a device (PJRT), and there is none. ' +
      'Run "npx tssl-engine-setup --gpu", or set TSSL_PJRT_PLUGIN to the file of one.',
  ],
  [
    "NOT_SET_UP",
    messages.gpuNotSetUp(["NVIDIA H100"]),
    'This machine has a GPU (NVIDIA H100) that is not set up. Run "npx tssl-engine-setup --gpu".',
  ],
  [
    "NOT_SET_UP",
    messages.twoCudas(),
    "TensorFlow is set up with CUDA 12, which cannot be in one process with the CUDA 13 of engine.backend " +
      'pjrt. Run "npx tssl-engine-setup --gpu", or set engine.backend to tensorflow.',
  ],
  ["NOT_SET_UP", messages.notSetUp(systemError), exampleOf("NOT_SET_UP")],
  [
    "NOT_SET_UP",
    messages.tensorflowNotSetUp(),
    "The modes eager, graph and xla and the replay of steps run in TensorFlow, which is not set up. " +
      'Run "npx tssl-engine-setup".',
  ],
  [
    "NOT_SET_UP",
    messages.setUpForOtherVersions(
      { tensorflow: "2.21.0", tfjsNode: "4.22.0" },
      { tensorflow: "2.20.0", tfjsNode: "4.21.0" },
    ),
    "The engine is set up for TensorFlow 2.20.0 and tfjs-node 4.21.0, but needs 2.21.0 and 4.22.0. " +
      'Run "npx tssl-engine-setup".',
  ],
  ["NOT_STARTED", messages.notStarted(), exampleOf("NOT_STARTED")],
  [
    "NOT_STARTED",
    messages.startedToRecord("the op Relu"),
    "The engine was started to record steps, and cannot compute the op Relu. " +
      "Compute it in a step, or call `await startEngine()`.",
  ],
  [
    "NOT_TRACEABLE",
    messages.opNotRecordable("Qr", site),
    "The op Qr cannot be recorded (at loss.ts:12:7). Write it with other ops, or use engine.mode eager.",
  ],
  [
    "NOT_TRACEABLE",
    messages.typeNotRecordable("int64", site),
    "The step makes a tensor of the type int64, which tfjs does not have (at loss.ts:12:7). " +
      'Ask the op for another type ("float32", "int32" or "bool"), or cast it within the op.',
  ],
  [
    "NOT_TRACEABLE",
    messages.attributeNotRecordable("value"),
    "The kind of the attribute value cannot be recorded.",
  ],
  [
    "NOT_TRACEABLE",
    messages.changingShape("Unique", site),
    "The shape of the result of the op Unique depends on values (at loss.ts:12:7). Shapes are fixed in a " +
      "compiled " +
      "step: use an op with a result of one shape, such as a mask instead of a selection.",
  ],
  [
    "NOT_TRACEABLE",
    messages.foreignVariable("assigns", variable, site),
    'The step assigns the variable "weights", which is not part of its state (at loss.ts:12:7). ' +
      "Make variables before compiling, and name them in the state; `optimizerState` makes and names those " +
      "of an optimizer.",
  ],
  [
    "NOT_TRACEABLE",
    messages.gradientNotInOptimizerState("weights"),
    'The optimizer gets a gradient of the variable "weights", which `optimizerState` was not told of. Name ' +
      "it there, or leave it out of what `minimize` moves, by its list of variables.",
  ],
  [
    "NOT_TRACEABLE",
    messages.largeConstant(large, 512 * 513 * 4, undefined),
    "The step holds a constant of shape [512, 513], 1.0 MiB. " +
      "Make it state, pass it as an input, or compute it from smaller tensors.",
  ],
  ["NOT_TRACEABLE", messages.randomNumbers("Math.random", site), exampleOf("NOT_TRACEABLE")],
  ["NOT_TRACEABLE", messages.stringConstant(), "A compiled step cannot hold strings."],
  [
    "NOT_TRACEABLE",
    messages.tooManyShapes("sum", ["a float32[1]", "a float32[2]"]),
    'The step "sum" was called with 2 sets of input shapes, and each is recorded and compiled: ' +
      "a float32[1] | a float32[2]. Keep the shapes of its inputs the same.",
  ],
  [
    "NOT_TRACEABLE",
    messages.valueRead(site),
    "The step reads a tensor's value (at loss.ts:12:7). A compiled step runs without JavaScript: compute " +
      "with " +
      "tensors and return the tensor to be read, or use engine.mode eager.",
  ],
  [
    "OP_NOT_SUPPORTED",
    messages.opNotSupported("CropAndResize", "has no form for accelerators yet", "encoder.ts:12:7"),
    exampleOf("OP_NOT_SUPPORTED"),
  ],
  [
    "OP_NOT_SUPPORTED",
    messages.opNotSupported("TopKV2", "takes argument 2 from computed values", undefined),
    "The op TopKV2 takes argument 2 from computed values. " +
      "Use other ops there, or run on the CPU with engine.device cpu.",
  ],
  ["PIP_MISSING", messages.pipMissing("python3", "20.3", undefined), exampleOf("PIP_MISSING")],
  [
    "PIP_MISSING",
    messages.pipMissing("python3", "20.3", "19.0"),
    exampleOf("PIP_MISSING").replace("has no pip", "has pip 19.0"),
  ],
  ["PROOF_FAILED", messages.proofFailed("a convolution is off by 0.5"), exampleOf("PROOF_FAILED")],
  ["PYTHON_MISSING", messages.pythonMissing(["python3", "python"]), exampleOf("PYTHON_MISSING")],
  [
    "SETUP_RUNNING",
    messages.setupRunning("~/.cache/tssl/engine/lock", 30, {
      owner: { pid: 4711 },
      isUnseen: false,
    }),
    exampleOf("SETUP_RUNNING"),
  ],
  [
    "SETUP_RUNNING",
    messages.setupRunning("cache/lock", 30, { owner: { pid: 7, host: "elsewhere" }, isUnseen: true }),
    "Another set-up (process 7 on elsewhere) has held cache/lock for more than 30 minutes. " +
      "Wait for it, or stop it; if it no longer runs, delete that file.",
  ],
  [
    "STEP_NOT_COMPILED",
    messages.deviceFailed("Client_Compile", "INVALID_ARGUMENT", "failed to parse the module"),
    exampleOf("STEP_NOT_COMPILED"),
  ],
  [
    "TFJS_NODE_MISSING",
    messages.packageMissing("@tensorflow/tfjs-node-gpu", systemError),
    exampleOf("TFJS_NODE_MISSING"),
  ],
  [
    "UNSUPPORTED_PLATFORM",
    messages.gpuNotSupported("linux-arm64"),
    "A GPU needs Linux on x64, this is linux-arm64. Set the engine up without --gpu.",
  ],
  [
    "UNSUPPORTED_PLATFORM",
    messages.oldGlibc("2.27", "2.17"),
    "The engine needs glibc 2.27 or later, this system has glibc 2.17. " +
      "Use a distribution with glibc, such as Debian 10 or later, or Ubuntu 18.10 or later.",
  ],
  ["UNSUPPORTED_PLATFORM", messages.systemNotSupported("darwin", "arm64"), exampleOf("UNSUPPORTED_PLATFORM")],
  ["WHEEL_NOT_FOUND", messages.wheelNotFound("tensorflow.whl"), exampleOf("WHEEL_NOT_FOUND")],
])("%s: %s", (code, error, sentence) => {
  expect(error.code).toBe(code);
  expect(error.message).toBe(sentence);
  expect(error.message).toBe(error.remedy === "" ? error.problem : `${error.problem} ${error.remedy}`);
});
