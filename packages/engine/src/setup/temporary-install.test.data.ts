import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { type ProgramResult, runProgram } from "./run-program.ts";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * The built engine in a project and with a cache of its own, so that a test's set-up changes nobody else's.
 */
export interface TemporaryInstall {
  readonly folder: string;
  readonly cache: string;
  /** Runs `tssl-engine-setup`. `env` comes on top of this environment. */
  setUp(flags?: readonly string[], env?: NodeJS.ProcessEnv, node?: string): Promise<ProgramResult>;
  /** Runs ES module source that may import every npm package of the repository and "@tssl/engine". */
  runModule(source: string, env?: NodeJS.ProcessEnv, node?: string): Promise<ProgramResult>;
  remove(): void;
}

export function temporaryInstall(): TemporaryInstall {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-install-"));
  const cache = path.join(folder, "cache");
  const modules = path.join(folder, "node_modules");
  linkAll(path.join(repository, "node_modules"), modules, ["@tensorflow", "@tssl"]);
  linkAll(path.join(repository, "node_modules/@tensorflow"), path.join(modules, "@tensorflow"), [
    "tfjs-node-gpu",
  ]);
  const tfjsNode = "@tensorflow/tfjs-node-gpu";
  fs.cpSync(path.join(repository, "node_modules", tfjsNode), path.join(modules, tfjsNode), {
    recursive: true,
    filter: (file) => path.basename(file) !== "tfjs_binding.node",
  });
  const engine = path.join(modules, "@tssl/engine");
  for (const part of ["bin", "dist", "native", "package.json"]) {
    fs.cpSync(path.join(repository, "packages/engine", part), path.join(engine, part), { recursive: true });
  }

  const run = (node: string, parameters: string[], env: NodeJS.ProcessEnv): Promise<ProgramResult> =>
    runProgram(node, parameters, { ...process.env, TSSL_CACHE: cache, ...env });
  return {
    folder,
    cache,
    setUp: (flags = [], env = {}, node = process.execPath) =>
      run(node, [path.join(engine, "bin/tssl-engine-setup.js"), ...flags], env),
    runModule(source, env = {}, node = process.execPath) {
      const file = path.join(folder, "module.mjs");
      fs.writeFileSync(file, source);
      return run(node, [file], env);
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

function linkAll(from: string, to: string, except: readonly string[]): void {
  fs.mkdirSync(to, { recursive: true });
  for (const name of fs.readdirSync(from)) {
    if (!except.includes(name)) fs.symlinkSync(path.join(from, name), path.join(to, name));
  }
}
