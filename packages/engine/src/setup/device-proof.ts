import { fileURLToPath } from "node:url";

import { deviceProofFailed } from "../messages/building.ts";
import { runApart } from "./run-apart.ts";

/** What a process found that took some steps on a device. */
export interface DeviceProof {
  readonly deviceName: string;
  readonly devices: number;
  /** "cuda" */
  readonly platform: string;
  readonly apiVersion: string;
  readonly driver?: string;
  /** Largest difference from the same steps in JavaScript, in parts of a tensor's largest number. */
  readonly deviation: number;
  /** Whether the steps gave the same bits twice, by kernels that always do. */
  readonly isRepeatable: boolean;
}

/** float32 throughout rounds by 1e-6; a wrong kernel is far from it. */
const LARGEST_DEVIATION = 1e-3;
const MOST_MINUTES = 10;

/**
 * Takes some steps on a plugin's device in a process of its own, which a plugin, a driver or a compiler may
 * abort, and holds them to the same steps in JavaScript.
 *
 * @param plugin file of the plugin.
 * @param script what runs there; tests have others.
 * @throws {EngineError} PROOF_FAILED.
 */
export async function proveDevice(
  plugin: string,
  script = fileURLToPath(new URL("device-proof-process.js", import.meta.url)),
  minutes = MOST_MINUTES,
): Promise<DeviceProof> {
  const ended = await runApart(process.execPath, [script], {
    env: { ...process.env, TSSL_PJRT_PLUGIN: plugin },
    milliseconds: minutes * 60_000,
  });
  if (ended.timedOut) throw deviceProofFailed(plugin, `it did not end in ${minutes} minutes`);
  if (ended.signal !== null) {
    const reason = lineOfFailure(ended.errors);
    throw deviceProofFailed(
      plugin,
      `it ended by ${ended.signal}${reason === undefined ? "" : `: ${reason}`}`,
    );
  }
  if (ended.exitCode !== 0) {
    const { problem, remedy } = told(ended.errors);
    throw deviceProofFailed(plugin, problem, remedy);
  }
  const proof = JSON.parse(lastLine(ended.output)) as DeviceProof;
  // What is no number is null in JSON.
  const deviation = (proof.deviation as number | null) ?? Infinity;
  if (deviation > LARGEST_DEVIATION) {
    throw deviceProofFailed(plugin, `its numbers are off by ${deviation.toPrecision(2)}`);
  }
  return proof;
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

/** What a process that was aborted said; Node's stack follows it. */
const lineOfFailure = (errors: string): string | undefined =>
  errors.split("\n").find((line) => /error|fail|fatal|abort/i.test(line) && !/^ *at |^\d+: /.test(line));

/** What the process said of its failure. */
function told(errors: string): { readonly problem: string; readonly remedy: string } {
  const line = lastLine(errors);
  try {
    return JSON.parse(line) as { problem: string; remedy: string };
  } catch {
    return { problem: line, remedy: "" };
  }
}
