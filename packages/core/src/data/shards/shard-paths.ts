import { readdir, stat } from "node:fs/promises";
import path from "node:path";

import { isAddress } from "@tssl/augment-zoo";

import { notAShard, wrongRange } from "../../messages.ts";
import { isImageName } from "../image-set.ts";

/** More shards than this are a slip of the pen. */
const MOST_SHARDS = 1_000_000;

/**
 * The shards that a path stands for: one .tar file, several by a range in its name ("train-{000..007}.tar"),
 * or a folder that holds .tar files and neither images nor folders of its own. Sorted by name, or in the
 * range's order.
 *
 * @param source absolute path, or address.
 * @returns undefined where it stands for something else.
 * @throws {TsslError} INVALID_DATA if a range is empty, or an address is that of something else.
 */
export async function shardPaths(source: string): Promise<readonly string[] | undefined> {
  if (isAddress(source)) {
    if (new URL(source).pathname.endsWith(".tar")) return expandRanges(source);
    throw notAShard(source);
  }
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory() === true) return shardsIn(source);
  if (!source.endsWith(".tar")) return undefined;
  return found === undefined ? expandRanges(source) : [source];
}

async function shardsIn(folder: string): Promise<readonly string[] | undefined> {
  const inside = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
  const shards = inside.filter(({ name }) => name.endsWith(".tar")).map(({ name }) => name);
  const others = inside.filter((entry) => entry.isDirectory() || isImageName(entry.name));
  if (shards.length === 0 || others.length > 0) return undefined;
  return shards.sort().map((name) => path.join(folder, name));
}

/**
 * Writes out ranges of whole numbers as a shell does, the rightmost fastest; a number with leading zeros
 * gives all of them its length.
 *
 * @example
 * ```ts
 * expandRanges("train-{08..10}.tar"); // => ["train-08.tar", "train-09.tar", "train-10.tar"]
 * ```
 */
export function expandRanges(pattern: string): readonly string[] {
  const range = /\{(\d+)\.\.(\d+)\}/.exec(pattern);
  if (range === null) return [pattern];
  const [whole, first, last] = [range[0], range[1]!, range[2]!];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && count <= MOST_SHARDS)) throw wrongRange(pattern, whole, MOST_SHARDS);
  const padded = [first, last].some((text) => text.length > 1 && text.startsWith("0"));
  const length = padded ? Math.max(first.length, last.length) : 1;
  const [head, tail] = [pattern.slice(0, range.index), pattern.slice(range.index + whole.length)];
  const tails = expandRanges(tail);
  return Array.from({ length: count }, (_, i) => String(Number(first) + i).padStart(length, "0")).flatMap(
    (number) => tails.map((each) => `${head}${number}${each}`),
  );
}
