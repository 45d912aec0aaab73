import fs from "node:fs";
import path from "node:path";

import { changeableByOthers } from "../changeable-by-others.ts";
import { cpu } from "../hardware.ts";
import { makeFolders } from "../make-folders.ts";
import { cacheFolder } from "../setup/cache-folder.ts";
import { sha256Of } from "../sha256.ts";
import type { DeviceClient } from "./client.ts";
import type { CompileOptions } from "./compile-options.ts";
import { compile, type Executable, loadExecutable } from "./executable.ts";

/** Compiled programs that are kept; the one that was used longest ago goes first. */
const MOST_KEPT = 64;

interface CacheOptions {
  /** Default: a folder in the user's cache. */
  readonly folder?: string;
  /** What a program depends on that its client does not know, such as the driver. */
  readonly dependsOn?: readonly unknown[];
  /** Told whether the program was compiled or found. */
  readonly onFound?: (found: "compiled" | "kept") => void;
}

/**
 * As `compile`, but a program that was compiled before, by the same plugin for the same kind of device, is
 * loaded from the user's cache. Nothing that goes wrong there is an error: the program is compiled then.
 *
 * @throws {EngineError} as `compile`
 */
export async function cachedExecutable(
  client: DeviceClient,
  text: string,
  options: CompileOptions = {},
  { folder = path.join(cacheFolder(), "compiled"), dependsOn = [], onFound = () => {} }: CacheOptions = {},
): Promise<Executable> {
  const file = path.join(folder, `${keyOf(client, text, options, dependsOn)}.pjrt`);
  const kept = read(file);
  if (kept !== undefined) {
    try {
      const executable = await loadExecutable(client, kept);
      onFound("kept");
      return executable;
    } catch {
      // Of a plugin that looks the same and is not.
    }
  }
  const executable = await compile(client, text, options);
  onFound("compiled");
  keep(file, executable);
  return executable;
}

/** What a compiled program depends on, as a digest. */
function keyOf(
  { plugin, platform, platformVersion, devices }: DeviceClient,
  text: string,
  { replicas, flags }: CompileOptions,
  dependsOn: readonly unknown[],
) {
  const { size, mtimeMs } = fs.statSync(plugin.file);
  const parts = [
    ...[plugin.file, plugin.apiVersion, size, mtimeMs, platform, platformVersion],
    ...[devices.map(({ kind }) => kind), platform === "cpu" ? cpu() : undefined],
    ...[process.env["XLA_FLAGS"], { replicas, flags }, dependsOn],
  ];
  return sha256Of(JSON.stringify(parts) + text).toString("hex");
}

/** Bytes of a SHA-256, which stands before what it is of. */
const DIGEST = 32;

/**
 * A whole file that no other user of this machine could have written; a part of one would crash the plugin.
 */
function read(file: string): Uint8Array | undefined {
  try {
    if (changeableByOthers([file], 1) !== undefined) return undefined;
    const bytes = fs.readFileSync(file);
    const content = bytes.subarray(DIGEST);
    if (!sha256Of(content).equals(bytes.subarray(0, DIGEST))) return undefined;
    const now = new Date();
    fs.utimesSync(file, now, now);
    return content;
  } catch {
    return undefined;
  }
}

/** A full disk, or a plugin that cannot serialize, is no reason to stop: the program runs all the same. */
function keep(file: string, executable: Executable): void {
  const folder = path.dirname(file);
  const temporary = `${file}.${process.pid}.new`;
  try {
    const bytes = executable.serialize();
    makeFolders(folder);
    fs.writeFileSync(temporary, Buffer.concat([sha256Of(bytes), bytes]), { mode: 0o600 });
    fs.renameSync(temporary, file);
    dropOldest(folder);
  } catch {
    // What was begun is left; `dropOldest` takes it away in time.
  }
}

function dropOldest(folder: string): void {
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  const byAge = files
    .map((file) => ({ file, used: fs.statSync(file).mtimeMs }))
    .sort((a, b) => b.used - a.used);
  for (const { file } of byAge.slice(MOST_KEPT)) fs.rmSync(file, { force: true });
}
