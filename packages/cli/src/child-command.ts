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

export interface ChildOptions {
  /** Whether its standard output is shown, too. Default false. */
  readonly isShown?: boolean;
  /** The cores that it may use, as `taskset -c` takes them. Default: all. */
  readonly cores?: string | undefined;
  /** Variables of its environment beside those of this program. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Starts `tssl …`. Its standard error is shown.
 *
 * The child is in a process group of its own. Ctrl-C reaches only this program, which passes it on once. If
 * this program dies, the channel between them closes, and the child stops as it does on Ctrl-C.
 */
export function startCommand(
  args: readonly string[],
  { isShown = false, cores, variables = {} }: ChildOptions = {},
): ChildCommand {
  const command = [process.execPath, MAIN, ...args];
  const [program, ...rest] = cores === undefined ? command : ["taskset", "-c", cores, ...command];
  const child = spawn(program!, rest, {
    detached: true,
    stdio: ["ignore", isShown ? "inherit" : "ignore", "inherit", "ipc"],
    env: { ...process.env, ...variables },
  });
  return {
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => resolve({ code, signal }));
    }),
    kill: (signal) => void child.kill(signal),
  };
}
