import { stat, statfs } from "node:fs/promises";
import path from "node:path";

import { isAddress, schemeOf, withoutSecrets } from "@tssl/augment-zoo";

import { noRegularFile, systemFolder } from "../messages/config.ts";
import { dataUnreadable } from "../messages/images.ts";
import { unknownScheme } from "../messages/shards.ts";
import { readFileList } from "./file-list.ts";
import { readImageFolder } from "./image-folder.ts";
import type { ImageSet } from "./image-set.ts";
import { readShards } from "./shards/read-shards.ts";
import { shardPaths } from "./shards/shard-paths.ts";
import { notesOn } from "./what-to-tell.ts";

/**
 * Finds images: in a folder (see `readImageFolder`); by a list of files, where the source is a .txt file (see
 * `readFileList`); or in tar shards (see `readShards`), where it is a .tar file, several by a range
 * ("train-{000..007}.tar"), a list ("train-{000,003}.tar") or a star ("train-*.tar"), or a folder of .tar
 * files alone; shards may lie on servers: "https://example.org/train-{000..007}.tar".
 *
 * @param tell is told what takes a while, and what was left out.
 * @throws {TsslError} INVALID_DATA if something is missing, unreadable, damaged or without images.
 */
export async function readImages(
  source: string,
  tell: (sentence: string) => void = () => {},
): Promise<ImageSet> {
  const images = await findImages(source, tell);
  for (const note of notesOn(images)) tell(note);
  return images;
}

/** `readImages` without a word on what was left out, for who tells more of it. */
export async function findImages(source: string, tell: (sentence: string) => void): Promise<ImageSet> {
  const scheme = schemeOf(source);
  if (scheme !== undefined && !isAddress(source)) {
    // A command often holds a token.
    throw unknownScheme(scheme === "pipe" ? "pipe:…" : withoutSecrets(source), scheme);
  }
  const root = isAddress(source) ? source : path.resolve(source);
  if (!isAddress(source)) {
    await requireFiles(root);
    if (root.endsWith(".txt")) return readFileList(root);
  }
  const shards = await shardPaths(root);
  for (const shard of shards ?? []) if (isAddress(shard) || !(await requireFiles(shard))) break;
  return shards === undefined ? readImageFolder(root) : readShards(root, shards, tell);
}

/**
 * File systems by which Linux shows itself, /proc and /sys: their files have no end, and their folders loop.
 */
const NO_FILES: ReadonlySet<number> = new Set([0x9fa0, 0x62656572]);

/**
 * Refuses what would be read or waited for without end.
 *
 * @returns whether there is something; what is missing is said elsewhere.
 */
async function requireFiles(source: string): Promise<boolean> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isFile() && !found.isDirectory()) throw dataUnreadable(source, noRegularFile());
  const { type } = await statfs(source);
  if (process.platform === "linux" && NO_FILES.has(type)) throw dataUnreadable(source, systemFolder());
  return true;
}
