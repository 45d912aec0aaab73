import * as messages from "./building.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

errors([
  ["COMPILE_FAILED", messages.compileFailed("g++", "error: …"), exampleOf("COMPILE_FAILED")],
  ["COMPILER_MISSING", messages.compilerMissing(["g++", "c++", "clang++"]), exampleOf("COMPILER_MISSING")],
  ["PROOF_FAILED", messages.proofFailed("a convolution is off by 0.5"), exampleOf("PROOF_FAILED")],
  [
    "PROOF_FAILED",
    messages.deviceProofFailed("plugin.so", "it ended by SIGABRT."),
    'A first step on the GPU failed: it ended by SIGABRT. Report it with what "tssl doctor --report" ' +
      "prints; engine.device cpu trains without it.",
  ],
  [
    "PROOF_FAILED",
    messages.deviceProofFailed("plugin.so", "The device is full", "Free it."),
    "A first step on the GPU failed: The device is full. Free it.",
  ],
  [
    "PROOF_FAILED",
    messages.deviceProofKnown("A first step on the GPU failed.", "Free it."),
    "A first step on the GPU failed. Free it.",
  ],
]);

eachIsHere(messages, import.meta.url);
