import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { EngineError, systemCode } from "../errors.ts";
import { addonDescription, type InstalledAddon } from "../installed.ts";
import { findTfjsNode, nodeApiHeaders } from "../tfjs-node.ts";
import { makeFolder } from "./cache-folder.ts";
import { findCompiler } from "./compiler.ts";
import type { Log } from "./progress.ts";
import { runProgram } from "./run-program.ts";
import { type Flavour, TENSORFLOW_VERSION } from "./wheels.ts";

const FLAGS = ["-O2", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8"];

interface AddonOptions {
  readonly flavour: Flavour;
  /** With libtensorflow_cc.so.2, libtensorflow_framework.so.2 and include/. */
  readonly libraryFolder: string;
  /** Gets one folder per library, flavour and version of the sources. */
  readonly folder: string;
  readonly log: Log;
}

/** Compiles the addon's sources against the libraries, unless the same was compiled before. Returns the addon's path. */
export async function buildAddon({ flavour, libraryFolder, folder, log }: AddonOptions): Promise<string> {
  const tfjsNode = findTfjsNode();
  const sources = [...cppFiles(path.join(tfjsNode.folder, "binding")), ...cppFiles(ownSources())];
  const key = hashOf(sources, [...FLAGS, libraryFolder]);
  const target = path.join(folder, `${flavour}-${TENSORFLOW_VERSION}-tfjs-node-${tfjsNode.version}-${key}`);
  const addon = path.join(target, "tfjs_binding.node");
  if (fs.existsSync(addonDescription(addon)) && fs.existsSync(addon)) return addon;

  const compiler = await findCompiler();
  makeFolder(target);
  log("Compiling the addon (about 15 seconds)");
  await compile(compiler, sources, libraryFolder, `${addon}.new`);
  fs.renameSync(`${addon}.new`, addon);
  describeAddon(addon, {
    flavour,
    tensorflowVersion: TENSORFLOW_VERSION,
    tfjsNodeVersion: tfjsNode.version,
    libraryFolder,
  });
  return addon;
}

export function describeAddon(addon: string, description: InstalledAddon): void {
  const file = addonDescription(addon);
  fs.writeFileSync(`${file}.new`, JSON.stringify(description, undefined, 2));
  fs.renameSync(`${file}.new`, file);
}

/** Points the link in node_modules at `addon`, in one step: a process that starts meanwhile finds the old or the new. */
export function linkAddon(addon: string): void {
  const { addonLink } = findTfjsNode();
  try {
    if (fs.existsSync(addonLink) && fs.realpathSync(addonLink) === fs.realpathSync(addon)) return;
    fs.mkdirSync(path.dirname(addonLink), { recursive: true });
    const link = `${addonLink}.${process.pid}`;
    fs.symlinkSync(addon, link);
    fs.renameSync(link, addonLink);
  } catch (error) {
    throw new EngineError(
      "FOLDER_NOT_WRITABLE",
      `${path.dirname(addonLink)} must be writable, but it is not (${systemCode(error) ?? "unknown reason"}): ` +
        `make it so, or install the npm packages as the user who runs the set-up.`,
      { cause: error },
    );
  }
}

async function compile(
  compiler: readonly string[],
  sources: readonly string[],
  libraryFolder: string,
  target: string,
): Promise<void> {
  const [program, ...first] = compiler;
  const parameters = [
    ...first,
    ...FLAGS,
    ...["-I", path.join(libraryFolder, "include"), "-I", nodeApiHeaders()],
    ...sources.filter((file) => file.endsWith(".cc")),
    ...["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"].map((name) =>
      path.join(libraryFolder, name),
    ),
    ...["-Xlinker", "-rpath", "-Xlinker", libraryFolder],
    ...["-o", target],
  ];
  const { exitCode, output } = await runProgram(program!, parameters);
  if (exitCode === 0) return;
  const firstError =
    output.split("\n").find((line) => /error|undefined reference/i.test(line)) ?? output.slice(0, 200);
  throw new EngineError(
    "COMPILE_FAILED",
    `${compiler.join(" ")} could not compile the addon (${firstError.trim()}): ` +
      `it must be a C++17 compiler for this machine; set CXX to one, such as g++ 9 or later.`,
  );
}

const ownSources = (): string => fileURLToPath(new URL("../../native", import.meta.url));

function cppFiles(folder: string): string[] {
  const names = fs.readdirSync(folder).filter((name) => /\.(cc|h)$/.test(name));
  return names.sort().map((name) => path.join(folder, name));
}

function hashOf(files: readonly string[], settings: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(fs.readFileSync(file));
  hash.update(settings.join("\0"));
  return hash.digest("hex").slice(0, 12);
}
