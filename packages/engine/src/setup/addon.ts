import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { addonDescription, type InstalledAddon, LIBRARIES, sha256OfAddon } from "../installed.ts";
import { compileFailed } from "../messages/building.ts";
import { packagesNotWritable } from "../messages/folders.ts";
import { sha256Of } from "../sha256.ts";
import { findTfjsNode, nodeApiHeaders } from "../tfjs-node.ts";
import { makeFolder } from "./cache-folder.ts";
import { type Compiler, findCompiler } from "./compiler.ts";
import { commonUnits, headersIn, kernelUnits, nativeFolder, type NativeUnit } from "./native-units.ts";
import type { Log } from "./progress.ts";
import { runProgram } from "./run-program.ts";
import { type Flavour, TENSORFLOW_VERSION } from "./wheels.ts";

const COMPILE_FLAGS = ["-O2", "-std=c++17", "-fPIC", "-pthread", "-DNAPI_VERSION=8"];
const LINK_FLAGS = ["-shared", "-pthread"];

interface AddonOptions {
  readonly flavour: Flavour;
  /** With libtensorflow_cc.so.2, libtensorflow_framework.so.2 and include/. */
  readonly libraryFolder: string;
  /** Gets one folder for each library, flavour, version of the sources, and compiler. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * Compiles the addon's sources against the libraries, unless this compiler did so before. Where there is no
 * compiler, what another made of the same sources will do.
 *
 * @returns the addon's path.
 * @throws {EngineError} COMPILER_MISSING, COMPILE_FAILED.
 */
export async function buildAddon({ flavour, libraryFolder, folder, log }: AddonOptions): Promise<string> {
  const tfjsNode = findTfjsNode();
  const binding = path.join(tfjsNode.folder, "binding");
  const units = [...commonUnits(binding), ...commonUnits(), ...kernelUnits()];
  const headers = [binding, nativeFolder()].flatMap(headersIn);
  const sources = hashOf(units, headers, [...COMPILE_FLAGS, ...LINK_FLAGS, libraryFolder]);
  const ofSources = `${flavour}-${TENSORFLOW_VERSION}-tfjs-node-${tfjsNode.version}-${sources}-`;

  let compiler: Compiler;
  try {
    compiler = await findCompiler();
  } catch (error) {
    const built = builtAddon(folder, ofSources);
    if (built === undefined) throw error;
    return built;
  }
  const name = ofSources + shortHash(compiler.identity);
  const built = builtAddon(folder, name);
  if (built !== undefined) return built;

  const target = path.join(folder, name);
  const addon = path.join(target, ADDON);
  makeFolder(target);
  log("Compiling the addon (about 15 seconds)");
  await compile(compiler, units, libraryFolder, `${addon}.new`);
  fs.renameSync(`${addon}.new`, addon);
  describeAddon(addon, {
    flavour,
    tensorflowVersion: TENSORFLOW_VERSION,
    tfjsNodeVersion: tfjsNode.version,
    libraryFolder,
    sha256: sha256OfAddon(addon),
  });
  return addon;
}

const ADDON = "tfjs_binding.node";

/** The addon in a folder whose name starts with `name`, once it is complete, and as it was built. */
function builtAddon(folder: string, name: string): string | undefined {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names
    .filter((found) => found.startsWith(name))
    .map((found) => path.join(folder, found, ADDON))
    .find(isAsBuilt);
}

function isAsBuilt(addon: string): boolean {
  try {
    return readAddon(addon).sha256 === sha256OfAddon(addon);
  } catch {
    return false; // incomplete, or damaged: it is built anew
  }
}

export const readAddon = (addon: string): InstalledAddon =>
  JSON.parse(fs.readFileSync(addonDescription(addon), "utf8")) as InstalledAddon;

export function describeAddon(addon: string, description: InstalledAddon): void {
  const file = addonDescription(addon);
  fs.writeFileSync(`${file}.new`, JSON.stringify(description, undefined, 2));
  fs.renameSync(`${file}.new`, file);
}

/**
 * Points the link in node_modules at `addon`, in one step: a process that starts meanwhile finds the old or
 * the new.
 */
export function linkAddon(addon: string): void {
  const { addonLink } = findTfjsNode();
  try {
    if (fs.existsSync(addonLink) && fs.realpathSync(addonLink) === fs.realpathSync(addon)) return;
    fs.mkdirSync(path.dirname(addonLink), { recursive: true });
    const link = `${addonLink}.${process.pid}`;
    fs.symlinkSync(addon, link);
    fs.renameSync(link, addonLink);
  } catch (error) {
    throw packagesNotWritable(path.dirname(addonLink), error);
  }
}

/** Compiles the units, several at a time, and links them. */
async function compile(
  compiler: Compiler,
  units: readonly NativeUnit[],
  libraryFolder: string,
  target: string,
): Promise<void> {
  const objects = fs.mkdtempSync(path.join(path.dirname(target), "objects-"));
  const includes = [path.join(libraryFolder, "include"), nodeApiHeaders()].flatMap((folder) => [
    "-I",
    folder,
  ]);
  const objectOf = (unit: NativeUnit): string => path.join(objects, `${units.indexOf(unit)}.o`);
  try {
    await severalAtATime(units, async (unit) => {
      const flags = [...COMPILE_FLAGS, ...unit.flags, ...includes];
      await runCompiler(compiler, [...flags, "-c", unit.source, "-o", objectOf(unit)]);
    });
    await runCompiler(compiler, [
      ...LINK_FLAGS,
      ...units.map(objectOf),
      ...LIBRARIES.map((name) => path.join(libraryFolder, name)),
      ...["-Xlinker", "-rpath", "-Xlinker", libraryFolder],
      ...["-o", target],
    ]);
  } finally {
    fs.rmSync(objects, { recursive: true, force: true });
  }
}

async function runCompiler({ command }: Compiler, parameters: readonly string[]): Promise<void> {
  const [program, ...first] = command;
  const { exitCode, output } = await runProgram(program!, [...first, ...parameters]);
  if (exitCode === 0) return;
  const firstError =
    output.split("\n").find((line) => /error|undefined reference/i.test(line)) ?? output.slice(0, 200);
  throw compileFailed(command.join(" "), firstError.trim());
}

/**
 * Works on as many items at a time as there are processors. After a failure none is begun, and those begun
 * end first.
 */
async function severalAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const workOn = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: os.availableParallelism() }, workOn));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Of everything that decides what the addon does, but for the compiler. */
function hashOf(
  units: readonly NativeUnit[],
  headers: readonly string[],
  settings: readonly string[],
): string {
  const files = [...units.map(({ source }) => source), ...headers];
  const contents = files.map((file) => [path.basename(file), fs.readFileSync(file, "utf8")]);
  return shortHash(JSON.stringify([contents, units.map(({ flags }) => flags), settings]));
}

const shortHash = (text: string): string => sha256Of(text).toString("hex").slice(0, 12);
