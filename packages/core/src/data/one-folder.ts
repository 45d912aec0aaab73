import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { type DataLedger, type LeftOutReason, openLedger } from "./data-ledger.ts";
import { fileStatuses } from "./file-status.ts";
import { isArrayName } from "./image-set.ts";
import { extensionOf, isLeftover, leftOutByName } from "./left-out-by-name.ts";
import { escapedName, nameText } from "./name-bytes.ts";

/** What a folder holds itself. */
export interface OneFolder {
  /** Names of its folders that may hold images. */
  readonly folders: readonly string[];
  /** Names of its links to folders. */
  readonly links: readonly string[];
  /** Names of its images, sorted by code unit. */
  readonly images: readonly string[];
  /**
   * All other files in it, with those of its hidden folders and of folders that systems leave behind. Names
   * are paths within the set.
   */
  readonly leftOut: DataLedger["leftOut"];
}

/** An entry of a folder. */
type Entry = Dirent<Buffer>;

/**
 * Reads a folder. Names are read as bytes: those that are not UTF-8 are left out with their names escaped,
 * because no list, config or page could name such a file. Arrays of NumPy (.npy) are images where the folder
 * holds no other images and no folders; beside images they are left out, as features often lie there.
 *
 * @param folder absolute path.
 * @param name path of the folder within the set; "" for the set's root.
 * @throws what the system says of a folder that cannot be read.
 */
export async function readOneFolder(folder: string, name: string): Promise<OneFolder> {
  const [folders, links, images, files]: [string[], string[], string[], string[]] = [[], [], [], []];
  const arrays: string[] = [];
  const ledger = openLedger();
  const within = (inner: string) => (name === "" ? inner : `${name}/${inner}`);
  const leaveOut = (inner: string, reason: LeftOutReason) =>
    ledger.leaveOut(within(inner), reason, extensionOf(inner));

  for (const entry of await entriesOf(folder)) {
    const text = nameText(entry.name);
    const aside = text === undefined ? "name" : asideByName(text);
    if (aside !== undefined) {
      const shown = text ?? escapedName(entry.name);
      if (entry.isDirectory()) await leaveOutAll(bytePath(folder, entry.name), shown, aside, leaveOut);
      else leaveOut(shown, aside);
    } else if (entry.isDirectory()) {
      folders.push(text!);
    } else if (entry.isSymbolicLink()) {
      (isArrayName(text!) ? arrays : files).push(text!);
    } else {
      const reason = leftOutByName(text!);
      if (reason === undefined) files.push(text!);
      else if (isArrayName(text!)) arrays.push(text!);
      else leaveOut(text!, reason);
    }
  }

  if (files.length === 0 && folders.length === 0) files.push(...arrays);
  else for (const array of arrays) leaveOut(array, "other");

  const statuses = await fileStatuses(files.map((file) => path.join(folder, file)));
  for (const [i, file] of files.entries()) {
    const status = statuses[i]!;
    if (status === "folder") links.push(file);
    else if (status === "dangling") leaveOut(file, status);
    else {
      const byName = isArrayName(file) ? undefined : leftOutByName(file);
      const reason = byName ?? (status === "file" ? undefined : status);
      if (reason === undefined) images.push(file);
      else leaveOut(file, reason);
    }
  }
  return { folders: folders.sort(), links, images: images.sort(), leftOut: ledger.close(0).leftOut };
}

/** Sorted, because examples are those that come first. */
async function entriesOf(folder: string | Buffer): Promise<readonly Entry[]> {
  const entries = (await readdir(folder, {
    withFileTypes: true,
    encoding: "buffer",
  })) as unknown as Entry[];
  return entries.sort((a, b) => Buffer.compare(a.name, b.name));
}

/** The reason to leave out whatever has this name, folder or file. */
function asideByName(name: string): LeftOutReason | undefined {
  if (name.startsWith(".")) return "hidden";
  return isLeftover(name) ? "leftover" : undefined;
}

/** Counts every file under a folder that is left out as a whole; links are not followed. */
async function leaveOutAll(
  folder: Buffer,
  name: string,
  reason: LeftOutReason,
  leaveOut: (name: string, reason: LeftOutReason) => void,
): Promise<void> {
  const entries = await entriesOf(folder).catch(() => undefined);
  if (entries === undefined) leaveOut(name, "unreadable");
  for (const entry of entries ?? []) {
    const inner = `${name}/${escapedName(entry.name)}`;
    if (entry.isDirectory()) await leaveOutAll(bytePath(folder, entry.name), inner, reason, leaveOut);
    else leaveOut(inner, reason);
  }
}

const bytePath = (folder: string | Buffer, name: Buffer): Buffer =>
  Buffer.concat([Buffer.from(folder as string), Buffer.from(path.sep), name]);
