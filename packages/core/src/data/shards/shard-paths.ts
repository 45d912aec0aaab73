import { open, readdir, stat } from "node:fs/promises";
import path from "node:path";

import { hasPassword, isAddress, isWithoutSecrets, withoutSecrets } from "@tssl/augment-zoo";

import {
  addressWithoutSecrets,
  addressWithPassword,
  compressedArchive,
  compressedName,
  noMatch,
  notAShard,
  starInAddress,
} from "../../messages/shards.ts";
import { isImageName } from "../image-set.ts";
import { COMPRESSED_NAME, markOf } from "./archive-mark.ts";
import { expandBraces, matchingFiles } from "./path-patterns.ts";

/**
 * The shards that a path stands for: one .tar file; several by a range ("train-{000..007}.tar"), a list
 * ("train-{000,003}.tar") or a star ("train-*.tar") in its name; or a folder that holds .tar files and
 * neither images nor folders of its own. Sorted by name, or in the order of the range or list.
 *
 * @param source absolute path, or address.
 * @returns undefined where it stands for something else.
 * @throws {TsslError} INVALID_DATA if nothing matches, archives are compressed, or an address is that of
 * something else, or holds a password.
 */
export async function shardPaths(source: string): Promise<readonly string[] | undefined> {
  if (isAddress(source)) return addresses(source);
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory() === true) return shardsIn(source);
  if (found !== undefined) {
    if (source.endsWith(".tar")) return [source];
    await refuseCompressed(source);
    return undefined;
  }
  if (COMPRESSED_NAME.test(source) && /[{*]/.test(source)) throw compressedName(source);
  if (!source.endsWith(".tar")) {
    if (source.includes("*")) throw noMatch(source);
    return undefined;
  }
  const paths = expandBraces(source);
  if (!source.includes("*")) return paths;
  const matches = await Promise.all(
    paths.map(async (each) => (each.includes("*") ? matchingFiles(each) : [each])),
  );
  const shards = [...new Set(matches.flat())];
  if (shards.length === 0) throw noMatch(source);
  return shards;
}

function addresses(source: string): readonly string[] {
  const shown = withoutSecrets(source);
  if (hasPassword(source)) throw addressWithPassword(shown);
  if (isWithoutSecrets(source)) throw addressWithoutSecrets(shown);
  const [, file, query = ""] = /^([^?#]*)(\?[^#]*)?/.exec(source)!;
  if (COMPRESSED_NAME.test(file!)) throw compressedName(shown);
  if (!file!.endsWith(".tar")) throw notAShard(shown);
  if (file!.includes("*")) throw starInAddress(shown);
  return expandBraces(file!).map((each) => `${each}${query}`);
}

async function shardsIn(folder: string): Promise<readonly string[] | undefined> {
  const inside = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
  const shards = inside.filter(({ name }) => name.endsWith(".tar")).map(({ name }) => name);
  const others = inside.filter((entry) => entry.isDirectory() || isImageName(entry.name));
  if (others.length > 0) return undefined;
  const compressed = inside.find(({ name }) => COMPRESSED_NAME.test(name));
  if (compressed !== undefined) throw compressedName(path.join(folder, compressed.name));
  if (shards.length === 0) return undefined;
  return shards.sort().map((name) => path.join(folder, name));
}

/** Refuses a file that is a compressed archive, whatever its name. */
async function refuseCompressed(file: string): Promise<void> {
  const handle = await open(file, "r").catch(() => undefined); // what is wrong with it is said elsewhere
  if (handle === undefined) return;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    const mark = markOf(buffer.subarray(0, bytesRead));
    if (mark !== undefined) throw compressedArchive(file, 0, mark);
  } finally {
    await handle.close();
  }
}
