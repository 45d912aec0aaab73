import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";

import { cacheOf } from "../files/kept-in-cache.ts";
import { openRegularFile } from "../files/regular-file.ts";
import { writeWhole } from "../files/write-whole.ts";

/**
 * What this user has used on this machine: because a config that they gave to a command names it, or by their
 * word (`--trust`). A run folder may come from elsewhere, so no other code that it names is run, and no other
 * server asked for its images.
 *
 * A file of the user's is known by its path, whatever is written there later. The copy of a module that a run
 * keeps is known by its text, wherever the run lies. A server is known by its origin: "https://example.org".
 */
export type Known = { readonly file: string } | { readonly text: string } | { readonly server: string };

/** Remembers what is being used. Where the cache cannot be written, the user is asked again. */
export async function rememberKnown(known: Known): Promise<void> {
  const record = recordOf(known);
  try {
    await mkdir(path.dirname(record.file), { recursive: true, mode: 0o700 });
    await writeWhole(record.file, record.content);
  } catch {
    // Asked again then.
  }
}

/** Whether the user has used this. Only their own record says so: a cache may be shared by several. */
export async function isKnown(known: Known): Promise<boolean> {
  const record = recordOf(known);
  try {
    const file = await openRegularFile(record.file);
    try {
      const { uid } = await file.stat();
      return uid === process.getuid!() && (await file.readFile("utf8")) === record.content;
    } finally {
      await file.close();
    }
  } catch {
    return false; // asked again then
  }
}

function recordOf(known: Known): { readonly file: string; readonly content: string } {
  const content = `${lineOf(known)}\n`;
  const name = sha256(`${process.getuid!()} ${content}`).slice(0, 32);
  return { file: path.join(cacheOf("known-to-user"), name), content };
}

function lineOf(known: Known): string {
  if ("file" in known) return `file ${path.resolve(known.file)}`;
  return "text" in known ? `sha256 ${sha256(known.text)}` : `server ${known.server}`;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
