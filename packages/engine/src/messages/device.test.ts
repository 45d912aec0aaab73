import * as messages from "./device.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

errors([
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
  [
    "STEP_NOT_COMPILED",
    messages.deviceFailed("Client_Compile", "INVALID_ARGUMENT", "failed to parse the module"),
    exampleOf("STEP_NOT_COMPILED"),
  ],
]);

eachIsHere(messages, import.meta.url);
