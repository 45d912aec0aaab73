import { spawn } from "node:child_process";

/** How a program ended. */
export interface ProgramEnd {
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program that may end by a signal, or not at all. */
export function runApart(
  program: string,
  parameters: readonly string[],
  { env, milliseconds }: { readonly env: NodeJS.ProcessEnv; readonly milliseconds: number },
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { env, stdio: ["ignore", "pipe", "pipe"] });
    let [output, errors, timedOut] = ["", "", false];
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, milliseconds);
    child.on("error", reject);
    child.on("close", (exitCode, signal) => {
      clearTimeout(limit);
      resolve({ exitCode, signal, timedOut, output, errors });
    });
  });
}
