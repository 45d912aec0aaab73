import { mkdir, open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";

import { TsslError } from "../errors.ts";
import { folderInUse, folderNotWritten } from "../messages.ts";

/**
 * Keeps two processes from writing to one run. Left behind by a process that was killed, it is taken over.
 */
export interface RunLock {
  /**
   * Takes the run for this process, unless it has it.
   *
   * @param options.create whether the folder is made where there is none.
   * @throws {TsslError} RUN_FOLDER while another process has it, or if it cannot be written.
   */
  take(options?: { readonly create?: boolean }): Promise<void>;
  /** Gives it back, if it was taken. */
  release(): Promise<void>;
}

/**
 * Who has a run: `started` tells a process from a later one with the same number, where the system says it.
 */
interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly started?: string;
}

export const RUN_LOCK = "run.lock";

/** The lock of a run folder, a file that names the process. */
export function createRunLock(folder: string): RunLock {
  const file = path.join(path.resolve(folder), RUN_LOCK);
  let taken = false;
  return {
    async take({ create = false } = {}) {
      if (taken) return;
      const started = await startOf(process.pid);
      const own: Owner = {
        pid: process.pid,
        host: hostname(),
        ...(started === undefined ? {} : { started }),
      };
      try {
        if (create) await mkdir(path.dirname(file), { recursive: true });
        while (!(await tryCreate(file, JSON.stringify(own)))) {
          const owner = await readOwner(file);
          if (owner !== undefined && (await lives(owner))) throw inUse(folder, owner, file);
          await rm(file, { force: true });
        }
      } catch (error) {
        if (error instanceof TsslError) throw error;
        throw folderNotWritten(folder, error);
      }
      taken = true;
    },
    async release() {
      if (taken) await rm(file, { force: true });
      taken = false;
    },
  };
}

async function tryCreate(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(content).finally(() => handle.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined where it is gone, or its process was killed before it had written itself down. */
async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** Whether the owner still runs. A process of another machine counts as running, because nothing shows it. */
async function lives({ pid, host, started }: Owner): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return started === (await startOf(pid));
}

/** When a process started, in ticks since the machine did; undefined where the system does not say. */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name in parentheses may hold spaces; the start is the 22nd word, the 20th after it.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

const inUse = (folder: string, { pid, host }: Owner, file: string): TsslError =>
  folderInUse(folder, host === hostname() ? { pid } : { pid, host }, file);
