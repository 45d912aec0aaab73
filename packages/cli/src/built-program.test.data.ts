import { type ChildProcess, spawn, spawnSync } from "node:child_process";
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
 * A command that needs the engine started in another way gets a new one. Not for commands that end by a
 * signal, or whose plugin file has changed.
 */
export function warmTsslIn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const command: Command = { folder, args, env };
  const isNew = warm === undefined;
  warm ??= startWarmProgram();
  const ended = askWarmProgram(warm, command);
  if (isNew || !ended.err.includes("(ALREADY_STARTED, see ")) return ended;
  warm.process.disconnect(); // ends it
  warm = startWarmProgram();
  return askWarmProgram(warm, command);
}

const SPAWNED = { encoding: "utf8", maxBuffer: 2 ** 26 } as const;

interface WarmProgram {
  /** Ends when the channel to this process closes. */
  readonly process: ChildProcess;
  /** Where it listens. */
  readonly socket: string;
}

/** This process' warm program; undefined until a command needs it. */
let warm: WarmProgram | undefined;

function startWarmProgram(): WarmProgram {
  const socket = `tssl-${randomUUID()}`;
  const program = fileURLToPath(new URL("../dist/warm-program.test.data.js", import.meta.url));
  const child = spawn(process.execPath, [program, socket], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.channel?.unref();
  child.unref();
  return { process: child, socket };
}

function askWarmProgram({ socket }: WarmProgram, command: Command): Ended {
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", CLIENT, socket], {
    ...SPAWNED,
    input: JSON.stringify(command),
  });
  if (stdout === "") {
    throw new Error(`The warm program ended within "tssl ${command.args.join(" ")}". ${stderr}`);
  }
  return JSON.parse(stdout) as Ended;
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
