import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";

import { cacheFolder } from "@tssl/engine";

import { writeWhole } from "./write-whole.ts";

interface Kept<Content> {
  /** What it is about: the absolute path of a folder or file, or an address. */
  readonly source: string;
  readonly content: Content;
}

/** Where the user's cache keeps this kind of knowledge of images. */
export const cacheOf = (kind: string): string => path.join(cacheFolder(), kind);

const fileFor = (kind: string, source: string): string =>
  path.join(cacheOf(kind), `${createHash("sha256").update(source).digest("hex").slice(0, 32)}.json`);

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
    await mkdir(cacheOf(kind), { recursive: true });
    await writeWhole(fileFor(kind, source), JSON.stringify(kept));
  } catch {
    // Made anew each time then.
  }
}
