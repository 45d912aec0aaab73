import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("main.js", import.meta.url));

/** How a command of this program ended in a process of its own. */
export interface ChildOutcome {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command of this program that runs in a process of its own, so that it shares neither memory nor fate with others. */
export interface ChildCommand {
  readonly ended: Promise<ChildOutcome>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts `tssl …`. What it tells on standard error is shown; its results are not.
 *
 * It is in a process group of its own: Ctrl-C reaches this program alone, which passes it on once. If this program dies, the channel
 * between them closes, and the child stops as on Ctrl-C.
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
