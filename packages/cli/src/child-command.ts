import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../bin/tssl.cjs", import.meta.url));

/** How a command of this program ended in a process of its own. */
export interface ChildOutcome {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A command of this program in a process of its own: it has its own memory, and its failure does not affect
 * others.
 */
export interface ChildCommand {
  readonly ended: Promise<ChildOutcome>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts `tssl …`. Its standard error is shown, its standard output is not.
 *
 * The child is in a process group of its own. Ctrl-C reaches only this program, which passes it on once. If
 * this program dies, the channel between them closes, and the child stops as it does on Ctrl-C.
 */
export function startCommand(args: readonly string[]): ChildCommand {
  const child = spawn(process.execPath, [MAIN, ...args], {
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return {
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => resolve({ code, signal }));
    }),
    kill: (signal) => void child.kill(signal),
  };
}
