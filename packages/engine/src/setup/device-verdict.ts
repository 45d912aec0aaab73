import fs from "node:fs";
import path from "node:path";

import { EngineError } from "../errors.ts";
import { makeFolders } from "../make-folders.ts";
import { deviceProofKnown } from "../messages/building.ts";
import { sha256Of } from "../sha256.ts";
import { cacheFolder } from "./cache-folder.ts";
import { type DeviceProof, proveDevice } from "./device-proof.ts";
import type { GpuMachine } from "./gpu-machine.ts";

/** Whether a plugin computes on this machine's card, as a proof found it. */
export type DeviceVerdict =
  | { readonly works: true; readonly proof: DeviceProof; readonly provedAt: string }
  | { readonly works: false; readonly problem: string; readonly remedy: string; readonly provedAt: string };

interface VerdictOptions {
  /** Whether to prove anew what is known: "failures" proves only what did not work. */
  readonly again?: "never" | "failures" | "always";
  readonly prove?: typeof proveDevice;
  readonly onProof?: () => void;
  readonly folder?: string;
}

/**
 * The verdict on a plugin with the cards and the driver of a machine. It is remembered: another card, driver
 * or plugin is proved anew.
 *
 * @param plugin file of the plugin.
 */
export async function deviceVerdict(
  plugin: string,
  machine: GpuMachine,
  { again = "never", prove = proveDevice, onProof = () => {}, folder = verdictFolder() }: VerdictOptions = {},
): Promise<DeviceVerdict> {
  const file = path.join(folder, `${keyOf(plugin, machine)}.json`);
  const known = read(file);
  if (known !== undefined && (again === "never" || (again === "failures" && known.works))) return known;
  onProof();
  const provedAt = new Date().toISOString();
  const verdict = await prove(plugin).then(
    (proof): DeviceVerdict => ({ works: true, proof, provedAt }),
    (error: unknown): DeviceVerdict => {
      if (!(error instanceof EngineError)) throw error;
      const { problem, remedy } = error;
      return { works: false, problem, remedy, provedAt };
    },
  );
  remember(file, verdict);
  return verdict;
}

/** The error that a verdict is, where the plugin does not work. */
export const verdictError = (verdict: DeviceVerdict): EngineError | undefined =>
  verdict.works ? undefined : deviceProofKnown(verdict.problem, verdict.remedy);

const verdictFolder = (): string => path.join(cacheFolder(), "engine", "verdicts");

/** What a verdict depends on, as a digest. */
function keyOf(plugin: string, { nvidia, amd, amdDriver, visibleDevices }: GpuMachine): string {
  const { size, mtimeMs } = fs.statSync(plugin);
  const of = [nvidia, amd, amdDriver, visibleDevices, plugin, size, mtimeMs, process.env["XLA_FLAGS"]];
  return sha256Of(JSON.stringify(of)).toString("hex");
}

function read(file: string): DeviceVerdict | undefined {
  try {
    const written: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    return isVerdict(written) ? written : undefined;
  } catch {
    return undefined; // Never proved, or damaged.
  }
}

function isVerdict(value: unknown): value is DeviceVerdict {
  if (typeof value !== "object" || value === null) return false;
  const { works, proof, problem, remedy } = value as Readonly<Record<string, unknown>>;
  if (works === false) return typeof problem === "string" && typeof remedy === "string";
  if (works !== true || typeof proof !== "object" || proof === null) return false;
  const { deviceName, devices, deviation, isRepeatable } = proof as Readonly<Record<string, unknown>>;
  const numbers = [devices, deviation].every((each) => typeof each === "number");
  return typeof deviceName === "string" && numbers && typeof isRepeatable === "boolean";
}

/** A full disk is no reason to stop: it is proved again then. */
function remember(file: string, verdict: DeviceVerdict): void {
  try {
    makeFolders(path.dirname(file));
    fs.writeFileSync(`${file}.${process.pid}.new`, JSON.stringify(verdict, undefined, 1));
    fs.renameSync(`${file}.${process.pid}.new`, file);
  } catch {
    fs.rmSync(`${file}.${process.pid}.new`, { force: true });
  }
}
