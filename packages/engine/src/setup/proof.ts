import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { EngineInfo } from "../engine-options.ts";
import { proofFailed } from "../messages/building.ts";

interface Proof {
  readonly engine: EngineInfo;
  readonly convolutionError: number;
}

/** Starts the engine in a new process, and compares a convolution and its gradients with known values. */
export function proveEngine(): EngineInfo {
  const script = fileURLToPath(new URL("proof-process.js", import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  if (status !== 0) {
    const reason = signal === null ? (stderr.trim().split("\n").at(-1) ?? "") : `ended by ${signal}`;
    throw proofFailed(`a process that starts it failed (${reason})`);
  }
  const { engine, convolutionError } = JSON.parse(stdout) as Proof;
  if (convolutionError !== 0) throw proofFailed(`a convolution is off by ${convolutionError}`);
  return engine;
}
