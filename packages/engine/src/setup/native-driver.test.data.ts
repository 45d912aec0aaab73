import fs from "node:fs";
import path from "node:path";

import { commonUnits, type KernelArch, kernelUnits, nativeFolder } from "./native-units.ts";
import { runProgram } from "./run-program.ts";

/** Warnings are errors here, and not in the set-up: nobody knows what the compilers of users will warn of. */
export const STRICT_FLAGS = ["-O2", "-std=c++17", "-pthread", "-Wall", "-Wextra", "-Werror"];

interface DriverOptions {
  readonly compiler: string;
  readonly arch?: KernelArch;
  readonly flags?: readonly string[];
  /** Gets the driver and what it is made from. */
  readonly folder: string;
}

/** Compiles the kernels with native/test/driver.cc, without TensorFlow. Returns the program's path. */
export async function buildDriver({
  compiler,
  arch = "x64",
  flags = [],
  folder,
}: DriverOptions): Promise<string> {
  fs.mkdirSync(folder, { recursive: true });
  const units = [
    ...commonUnits().filter(({ source }) => !needsTensorFlow(source)),
    ...kernelUnits(arch),
    ...commonUnits(path.join(nativeFolder(), "test")),
  ];
  const objects: string[] = [];
  for (const { source, flags: own } of units) {
    const object = path.join(folder, `${objects.length}.o`);
    await mustRun(compiler, [...STRICT_FLAGS, ...flags, ...own, "-c", source, "-o", object]);
    objects.push(object);
  }
  const driver = path.join(folder, "driver");
  await mustRun(compiler, [...STRICT_FLAGS, ...flags, ...objects, "-o", driver]);
  return driver;
}

const needsTensorFlow = (source: string): boolean => /(_ops|op_kernel|log)\.cc$/.test(source);

/** @throws with what the program wrote, unless it ends with 0. */
export async function mustRun(
  program: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { exitCode, output } = await runProgram(program, parameters, { ...process.env, ...env });
  if (exitCode !== 0)
    throw new Error(`${program} ${parameters.join(" ")} ended with ${exitCode}:\n${output}`);
  return output;
}

/** Whether a program is installed. */
export const isInstalled = async (program: string): Promise<boolean> =>
  (await runProgram(program, ["--version"])).exitCode === 0;
