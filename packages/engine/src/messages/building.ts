// The sentences of errors COMPILE_FAILED, COMPILER_MISSING and PROOF_FAILED: on what the set-up builds.

import { EngineError } from "../errors.ts";

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

// PROOF_FAILED

export const proofFailed = (reason: string): EngineError =>
  new EngineError("PROOF_FAILED", `The engine was built but does not work: ${reason}.`, {
    remedy:
      'Run "npx tssl-engine-setup --verify". If this repeats, report it with the name of your processor ' +
      'and the output of "ldd --version".',
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
