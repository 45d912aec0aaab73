import { createHash } from "node:crypto";
import { readdir, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";

import { cacheFolder, makeFolders } from "@tssl/engine";

import { checkedJson, checkedValue } from "./json-file.ts";
import { readRegularFile } from "./regular-file.ts";
import { anything, object, type Shape, text, whole } from "./shapes.ts";
import { writeWhole } from "./write-whole.ts";

/**
 * What is kept, and what it is about: the absolute path of a folder or file, or an address. Bytes that follow
 * have a length.
 */
const keptShape = object({ source: text, content: anything }, { length: whole() });

/** Where the user's cache keeps this kind of knowledge of images. */
export const cacheOf = (kind: string): string => path.join(cacheFolder(), kind);

const fileFor = (kind: string, source: string, extension = ".json"): string =>
  path.join(cacheOf(kind), `${createHash("sha256").update(source).digest("hex").slice(0, 32)}${extension}`);

/**
 * What was kept of a source; undefined where that is nothing, or cannot be read, or is not of this shape: it
 * is made anew then. Whether it still holds is for the caller to tell.
 */
export async function keptInCache<Content>(
  kind: string,
  source: string,
  content: Shape<Content>,
): Promise<Content | undefined> {
  const file = await readRegularFile(fileFor(kind, source), LARGEST_KEPT).catch(() => undefined);
  return file === undefined ? undefined : keptIn(file.toString("utf8"), source, content)?.content;
}

function keptIn<Content>(
  json: string,
  source: string,
  shape: Shape<Content>,
): { readonly content: Content; readonly length: number | undefined } | undefined {
  const kept = checkedJson(json, keptShape);
  if (typeof kept === "string" || kept.value.source !== source) return undefined;
  const content = checkedValue(kept.value.content, shape);
  return typeof content === "string" ? undefined : { content: content.value, length: kept.value.length };
}

/** Bytes of the largest file that is read from the cache. */
const LARGEST_KEPT = 2 ** 29;

/** Keeps it, where the cache can be written; elsewhere it is made anew each time. */
export async function keepInCache<Content>(kind: string, source: string, content: Content): Promise<void> {
  try {
    makeFolders(cacheOf(kind));
    await writeWhole(fileFor(kind, source), JSON.stringify({ source, content }));
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
  content: Shape<Content>,
): Promise<{ readonly content: Content; readonly bytes: Buffer } | undefined> {
  const file = await readRegularFile(fileFor(kind, source, WITH_BYTES), LARGEST_KEPT).catch(() => undefined);
  if (file === undefined) return undefined;
  const end = file.indexOf(NEWLINE);
  const bytes = file.subarray(end + 1);
  const kept = keptIn(file.toString("utf8", 0, end), source, content);
  return kept?.length === bytes.length ? { content: kept.content, bytes } : undefined;
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
