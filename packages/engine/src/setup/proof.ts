import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { EngineError } from "../errors.ts";
import type { EngineInfo } from "../start.ts";

interface Proof {
  readonly engine: EngineInfo;
  readonly convolutionError: number;
}

/** Starts the engine in a fresh process and holds one convolution and its gradients to known values. */
export function proveEngine(): EngineInfo {
  const script = fileURLToPath(new URL("proof-process.js", import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  if (status !== 0) {
    const reason = signal === null ? (stderr.trim().split("\n").at(-1) ?? "") : `ended by ${signal}`;
    throw failed(`a process that starts it failed (${reason})`);
  }
  const { engine, convolutionError } = JSON.parse(stdout) as Proof;
  if (convolutionError !== 0) throw failed(`a convolution is off by ${convolutionError}`);
  return engine;
}

const failed = (what: string): EngineError =>
  new EngineError(
    "PROOF_FAILED",
    `The engine was built but does not work: ${what}. Run "npx tssl-engine-setup --verify"; ` +
      `if it repeats, report it with your processor's name and the output of "ldd --version".`,
  );
