import fs from "node:fs";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

import { systemCode } from "./errors.ts";
import { koffi } from "./foreign-functions.ts";

/** Who has a lock. */
export interface LockOwner {
  readonly pid: number;
  /** Absent for this machine. */
  readonly host?: string;
}

export interface FileLock {
  /** Deletes the file and gives the lock back. */
  release(): void;
}

/** A lock that was taken, or who keeps it from being taken. */
export type LockAttempt = { readonly lock: FileLock } | ({ readonly lock?: undefined } & HeldLock);

export interface HeldLock {
  /** Absent where the file does not say it. */
  readonly owner?: LockOwner;
  /** Whether the owner may have ended unseen, so that its file must be deleted by hand. */
  readonly isUnseen: boolean;
}

/** What the file says of the owner. */
interface WrittenOwner {
  readonly pid: number;
  readonly host: string;
  /** What Linux calls this start of the machine: the same in all containers on it. */
  readonly boot?: string;
}

/** LOCK_EX | LOCK_NB of flock(2). */
const EXCLUSIVE_AT_ONCE = 2 | 4;

/** An owner writes itself down just after it has locked the file: tries, and milliseconds between them. */
const [TRIES, PAUSE] = [100, 10];

/** Longest text that names an owner, in bytes. */
const LONGEST_OWNER = 4096;

/**
 * Takes a lock that one process at a time can have: flock(2) of a file, which the system gives back when the
 * process ends, however it ends. So a file that is left behind keeps nobody out, and of several processes
 * that find it at once one takes it.
 *
 * What the system does not show keeps the lock from being taken: an owner on another machine that shares the
 * folder, and, on file systems without such locks (some of Lustre), any file at all.
 *
 * @param file is made where there is none.
 * @throws what the system says, if it cannot be made, or is no plain file.
 */
export async function takeFileLock(file: string): Promise<LockAttempt> {
  for (let tries = 1; ; tries++) {
    const attempt = tryLock(file);
    if (attempt?.lock !== undefined) return attempt;
    if (attempt !== undefined && (attempt.owner !== undefined || tries >= TRIES)) return attempt;
    await sleep(PAUSE);
  }
}

/** Undefined where the file was deleted meanwhile. */
function tryLock(file: string): LockAttempt | undefined {
  const opened = open(file);
  if (opened === undefined) return undefined;
  const { descriptor, isNew } = opened;
  let isTaken = false;
  try {
    const locked = lock(descriptor);
    const owner = isNew ? undefined : readOwner(descriptor);
    if (locked === "by another") return heldBy(owner, false);
    if (locked === "not supported" && !isNew) return heldBy(owner, true);
    if (locked === "yes" && !isAt(file, descriptor)) return undefined; // its last owner deleted it
    if (owner !== undefined && isElsewhere(owner)) return heldBy(owner, true);
    writeOwner(descriptor);
    isTaken = true;
    return {
      lock: {
        release() {
          fs.rmSync(file, { force: true });
          fs.closeSync(descriptor);
        },
      },
    };
  } finally {
    if (!isTaken) fs.closeSync(descriptor);
  }
}

function heldBy(owner: WrittenOwner | undefined, isUnseen: boolean): LockAttempt {
  if (owner === undefined) return { isUnseen };
  const { pid, host } = owner;
  return { owner: host === os.hostname() ? { pid } : { pid, host }, isUnseen };
}

/** Opens the file, or makes it; undefined where it was deleted in between. */
function open(file: string): { readonly descriptor: number; readonly isNew: boolean } | undefined {
  // A link or a pipe in its place, as in a folder from elsewhere, is neither followed nor waited for.
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  try {
    return { descriptor: fs.openSync(file, O_RDWR | O_CREAT | O_EXCL), isNew: true };
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const found = fs.fstatSync(descriptor);
  if (found.isFile() && found.nlink <= 1) return { descriptor, isNew: false };
  fs.closeSync(descriptor);
  throw new Error(`${file} must be a file with one name, and is none: delete it`);
}

let flock: ((descriptor: number, operation: number) => number) | undefined;

function lock(descriptor: number): "yes" | "by another" | "not supported" {
  flock ??= koffi.load(null).func("int flock(int, int)") as (descriptor: number, operation: number) => number;
  if (flock(descriptor, EXCLUSIVE_AT_ONCE) === 0) return "yes";
  return koffi.errno() === koffi.os.errno["EAGAIN"] ? "by another" : "not supported";
}

/** Whether the file at a path is the one that was opened. */
function isAt(file: string, descriptor: number): boolean {
  const [there, opened] = [
    fs.statSync(file, { bigint: true, throwIfNoEntry: false }),
    fs.fstatSync(descriptor, { bigint: true }),
  ];
  return there?.ino === opened.ino && there.dev === opened.dev;
}

function readOwner(descriptor: number): WrittenOwner | undefined {
  const bytes = Buffer.alloc(LONGEST_OWNER);
  const length = fs.readSync(descriptor, bytes, 0, bytes.length, 0);
  try {
    const said: unknown = JSON.parse(bytes.toString("utf8", 0, length));
    return isOwner(said) ? said : undefined;
  } catch {
    return undefined; // not written yet, or damaged
  }
}

function isOwner(said: unknown): said is WrittenOwner {
  if (typeof said !== "object" || said === null) return false;
  const { pid, host, boot } = said as Record<string, unknown>;
  return (
    Number.isInteger(pid) && typeof host === "string" && (boot === undefined || typeof boot === "string")
  );
}

/** Says who has the lock, where the disk has room for it. */
function writeOwner(descriptor: number): void {
  const boot = bootOfMachine();
  const owner: WrittenOwner = {
    pid: process.pid,
    host: os.hostname(),
    ...(boot === undefined ? {} : { boot }),
  };
  try {
    fs.ftruncateSync(descriptor);
    fs.writeSync(descriptor, JSON.stringify(owner), 0);
  } catch {
    // The lock holds without it.
  }
}

/** Whether an owner may run where this system does not see it. */
const isElsewhere = ({ host, boot }: WrittenOwner): boolean =>
  host !== os.hostname() && (boot === undefined || boot !== bootOfMachine());

function bootOfMachine(): string | undefined {
  try {
    return fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined; // not Linux
  }
}
