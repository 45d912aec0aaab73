import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";

import { cacheFolder, makeFolders } from "@tssl/engine";

import { writeWhole } from "./write-whole.ts";

interface Kept<Content> {
  /** What it is about: the absolute path of a folder or file, or an address. */
  readonly source: string;
  readonly content: Content;
}

/** Where the user's cache keeps this kind of knowledge of images. */
export const cacheOf = (kind: string): string => path.join(cacheFolder(), kind);

const fileFor = (kind: string, source: string, extension = ".json"): string =>
  path.join(cacheOf(kind), `${createHash("sha256").update(source).digest("hex").slice(0, 32)}${extension}`);

/**
 * What was kept of a source; undefined where that is nothing, or cannot be read. Whether it still holds is
 * for the caller to tell.
 */
export async function keptInCache<Content>(kind: string, source: string): Promise<Content | undefined> {
  try {
    const kept = JSON.parse(await readFile(fileFor(kind, source), "utf8")) as Kept<Content>;
    return kept.source === source ? kept.content : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps it, where the cache can be written; elsewhere it is made anew each time. */
export async function keepInCache<Content>(kind: string, source: string, content: Content): Promise<void> {
  const kept: Kept<Content> = { source, content };
  try {
    makeFolders(cacheOf(kind));
    await writeWhole(fileFor(kind, source), JSON.stringify(kept));
  } catch {
    // Made anew each time then.
  }
}

/** Ends the names of files with bytes after their line of JSON. */
const WITH_BYTES = ".kept";

const NEWLINE = 0x0a;

/** What was kept of a source, with its bytes; undefined where that is nothing, or is not whole. */
export async function keptWithBytes<Content>(
  kind: string,
  source: string,
): Promise<{ readonly content: Content; readonly bytes: Buffer } | undefined> {
  try {
    const file = await readFile(fileFor(kind, source, WITH_BYTES));
    const end = file.indexOf(NEWLINE);
    const kept = JSON.parse(file.toString("utf8", 0, end)) as Kept<Content> & { readonly length: number };
    const bytes = file.subarray(end + 1);
    return kept.source === source && kept.length === bytes.length
      ? { content: kept.content, bytes }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers that what is kept of a source was used now; see `keepNewest`. */
export const markUsed = (kind: string, source: string): Promise<void> =>
  utimes(fileFor(kind, source, WITH_BYTES), new Date(), new Date()).catch(() => undefined);

/**
 * Forgets all that was kept of a kind with bytes but what was kept or used last.
 *
 * @param most files that remain.
 */
export async function keepNewest(kind: string, most: number): Promise<void> {
  const folder = cacheOf(kind);
  const names = await readdir(folder).catch((): string[] => []);
  const files = names.filter((name) => name.endsWith(WITH_BYTES)).map((name) => path.join(folder, name));
  const times = await Promise.all(
    files.map(async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0),
  );
  const oldFirst = files.map((file, i) => ({ file, time: times[i]! })).sort((a, b) => a.time - b.time);
  for (const { file } of oldFirst.slice(0, Math.max(0, files.length - most))) {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

/** Keeps it with bytes, which are read back without being parsed: for what there are millions of. */
export async function keepWithBytes<Content>(
  kind: string,
  source: string,
  content: Content,
  bytes: Uint8Array,
): Promise<void> {
  const head = `${JSON.stringify({ source, length: bytes.length, content })}\n`;
  try {
    makeFolders(cacheOf(kind));
    await writeWhole(fileFor(kind, source, WITH_BYTES), Buffer.concat([Buffer.from(head), bytes]));
  } catch {
    // Made anew each time then.
  }
}
