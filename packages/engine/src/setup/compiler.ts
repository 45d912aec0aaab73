import fs from "node:fs";
import path from "node:path";

import { compilerMissing } from "../messages/building.ts";
import { runProgram } from "./run-program.ts";

export interface Compiler {
  /** The program and its first parameters. */
  readonly command: readonly string[];
  /** The program's real path, its first parameters and its version, in one line. */
  readonly identity: string;
}

/** The C++ compiler: CXX, which may hold a program and its first parameters, else the usual names. */
export async function findCompiler(env: NodeJS.ProcessEnv = process.env): Promise<Compiler> {
  const candidates = env["CXX"] ? [env["CXX"].trim().split(/\s+/)] : [["g++"], ["c++"], ["clang++"]];
  for (const command of candidates) {
    const [program, ...parameters] = command;
    const { exitCode, output } = await runProgram(program!, [...parameters, "--version"], env);
    if (exitCode !== 0) continue;
    const [version] = output.split("\n");
    return { command, identity: [realPathOf(program!, env), ...parameters, version].join(" ") };
  }
  throw compilerMissing(candidates.map(([program]) => program!));
}

/**
 * Where a program that has just run lies, without links: /usr/bin/g++ is a link to one of several versions.
 */
function realPathOf(program: string, env: NodeJS.ProcessEnv): string {
  const folders = program.includes("/") ? [""] : (env["PATH"] ?? "").split(path.delimiter);
  const found = folders.map((folder) => path.resolve(folder, program)).find((file) => fs.existsSync(file));
  return found === undefined ? program : fs.realpathSync(found);
}
