import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";

/** The program as users have it: the build. */
export const MAIN = fileURLToPath(new URL("../bin/tssl.cjs", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** One command for the program that stays. */
export interface Command {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs the build in a process of its own, in a folder, with nobody at the keyboard. */
export function tsslIn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    ...SPAWNED,
    cwd: folder,
    env: { ...process.env, ...env },
    input: "",
  });
  return { code: status, out: stdout, err: stderr };
}

/**
 * Runs the build in a process that stays: one command after another, each with its folder, environment and
 * output. It saves the start of a process and of TensorFlow, which take longer than most commands of a test.
 * Not for commands that differ in `engine.threads`, that end by a signal, or whose plugin file has changed.
 */
export function warmTsslIn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  socket ??= startWarmProgram();
  const command: Command = { folder, args, env };
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", CLIENT, socket], {
    ...SPAWNED,
    input: JSON.stringify(command),
  });
  if (stdout === "") throw new Error(`The warm program ended within "tssl ${args.join(" ")}". ${stderr}`);
  return JSON.parse(stdout) as Ended;
}

const SPAWNED = { encoding: "utf8", maxBuffer: 2 ** 26 } as const;

/** Where this process' warm program listens; undefined until a command needs it. */
let socket: string | undefined;

function startWarmProgram(): string {
  const name = `tssl-${randomUUID()}`;
  const program = fileURLToPath(new URL("../dist/warm-program.test.data.js", import.meta.url));
  // It ends when the channel between the processes closes.
  const child = spawn(process.execPath, [program, name], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.channel?.unref();
  child.unref();
  return name;
}

/**
 * Passes a command on and its result back; waits until the warm program listens, on a socket without a file.
 */
const CLIENT = `
  const connect = (triesLeft) => {
    const socket = require("node:net").connect("\\0" + process.argv[1]);
    socket.once("connect", () => process.stdin.pipe(socket).pipe(process.stdout));
    socket.on("error", (error) => {
      if (triesLeft === 0) throw error;
      setTimeout(connect, 50, triesLeft - 1);
    });
  };
  connect(1200);
`;
