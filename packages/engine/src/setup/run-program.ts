import { spawn } from "node:child_process";

export interface ProgramResult {
  /** Null if the program could not be started, or was ended by a signal. */
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs a program to its end, and returns its output. The exit code of a missing program is null. */
export function runProgram(
  program: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ exitCode: null, output: error.message }));
    child.on("close", (exitCode) => resolve({ exitCode, output }));
  });
}
