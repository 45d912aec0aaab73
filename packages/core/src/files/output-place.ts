import { existsSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { makeFolders } from "@tssl/engine";

import { messageOf } from "../errors.ts";
import { folderForFile, nameTooLong, noRegularFile } from "../messages/config.ts";
import { folderNotEmpty } from "../messages/run-folder.ts";
import { isMissing } from "./is-missing.ts";
import { UNFINISHED, writeWhole } from "./write-whole.ts";

/** Writes a file that a user asked for, whole; its folder is made where it is missing. */
export async function writeOutput(file: string, content: Parameters<typeof writeWhole>[1]): Promise<void> {
  makeFolders(path.dirname(file));
  await writeWhole(file, content);
}

/**
 * Why a file cannot be written at a place; undefined where it can. It is asked before the work that the file
 * is to hold, and leaves nothing behind.
 */
export function whyNoFileAt(file: string): string | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw folderForFile();
    if (found?.isFile() === false) throw noRegularFile(); // to rename over a device would take its place
    tryToWrite(path.resolve(file));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** The same of a folder, which need not be there yet. */
export function whyNoFolderAt(folder: string): string | undefined {
  try {
    tryToWrite(path.join(path.resolve(folder), "file"));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * @param option that names the folder, for the message.
 * @throws {TsslError} RUN_FOLDER where there is something in it already.
 */
export async function requireEmptyFolder(folder: string, option?: string): Promise<void> {
  const entries = await readdir(folder).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw error;
  });
  if (entries.length > 0) throw folderNotEmpty(folder, entries.length, option);
}

/** What the system says, without the name of the file that was tried. */
const reasonOf = (error: unknown): string => messageOf(error).replace(/, \w+ '.*$/s, "");

/**
 * Tries it in the lowest folder that is there: to make and remove folders would disturb another process that
 * makes them too.
 */
function tryToWrite(file: string): void {
  const missing: string[] = [];
  let folder = path.dirname(file);
  for (; !existsSync(folder); folder = path.dirname(folder)) missing.push(path.basename(folder));
  if (missing.some((name) => Buffer.byteLength(name) > LONGEST_NAME)) throw nameTooLong(LONGEST_NAME);
  const tried = missing.length === 0 ? file : path.join(folder, ".tssl");
  const temporary = `${tried}.${process.pid}${UNFINISHED}`;
  writeFileSync(temporary, "");
  unlinkSync(temporary);
}

/** Bytes of a name, on every common file system. */
const LONGEST_NAME = 255;
