import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The program as users have it: the build. */
export const MAIN = fileURLToPath(new URL("../bin/tssl.cjs", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the build in a process of its own, in a folder, with nobody at the keyboard. */
export function tsslIn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
    cwd: folder,
    env: { ...process.env, ...env },
    input: "",
    maxBuffer: 2 ** 26,
  });
  return { code: status, out: stdout, err: stderr };
}
