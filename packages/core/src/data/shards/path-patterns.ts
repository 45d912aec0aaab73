import { readdir, stat } from "node:fs/promises";
import path from "node:path";

import { nestedBraces, tooManyShards, wrongRange } from "../../messages/shards.ts";

/** More shards than this are a slip of the pen. */
const MOST_SHARDS = 1_000_000;

/** A range of whole numbers, or a list of texts. */
const BRACES = /\{(?:(\d+)\.\.(\d+)|([^{}]*,[^{}]*))\}/g;

/**
 * Writes out ranges of whole numbers and lists as a shell does, the rightmost fastest; a number with leading
 * zeros gives all of its range the same length.
 *
 * @example
 * ```ts
 * expandBraces("train-{08..10}.tar"); // => ["train-08.tar", "train-09.tar", "train-10.tar"]
 * expandBraces("{train,extra}-0.tar"); // => ["train-0.tar", "extra-0.tar"]
 * ```
 *
 * @throws {TsslError} INVALID_DATA if a range counts downwards, braces lie within braces, or the paths are
 * more than a million.
 */
export function expandBraces(pattern: string): readonly string[] {
  if (/\{[^}]*\{/.test(pattern)) throw nestedBraces(pattern);
  let paths: readonly string[] = [""];
  let end = 0;
  for (const found of pattern.matchAll(BRACES)) {
    const [whole, first, last, list] = found as unknown as [string, string?, string?, string?];
    const before = pattern.slice(end, found.index);
    const choices = list?.split(",") ?? numbers(pattern, whole, first!, last!);
    if (paths.length * choices.length > MOST_SHARDS) throw tooManyShards(pattern, MOST_SHARDS);
    paths = paths.flatMap((head) => choices.map((choice) => `${head}${before}${choice}`));
    end = found.index + whole.length;
  }
  return paths.map((head) => `${head}${pattern.slice(end)}`);
}

function numbers(pattern: string, range: string, first: string, last: string): readonly string[] {
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && count <= MOST_SHARDS)) throw wrongRange(pattern, range, MOST_SHARDS);
  const padded = [first, last].some((text) => text.length > 1 && text.startsWith("0"));
  const length = padded ? Math.max(first.length, last.length) : 1;
  return Array.from({ length: count }, (_, i) => String(Number(first) + i).padStart(length, "0"));
}

/**
 * The files whose path matches a pattern, sorted. "*" stands for any part of the name of a file or folder,
 * but for a dot at its beginning.
 *
 * @param pattern absolute path.
 */
export async function matchingFiles(pattern: string): Promise<readonly string[]> {
  const { root } = path.parse(pattern);
  const parts = pattern.slice(root.length).split(path.sep);
  let found = [root];
  for (const [i, part] of parts.entries()) {
    if (!part.includes("*")) {
      found = found.map((folder) => path.join(folder, part));
      continue;
    }
    const matches = matcherOf(part);
    const inside = await Promise.all(
      found.map(async (folder) => {
        const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
        return entries
          .filter((entry) => matches(entry.name) && (i === parts.length - 1 || !entry.isFile()))
          .map(({ name }) => path.join(folder, name))
          .sort();
      }),
    );
    found = inside.flat();
  }
  const isFile = await Promise.all(
    found.map(async (file) => (await stat(file).catch(() => undefined))?.isDirectory() === false),
  );
  return found.filter((_, i) => isFile[i]);
}

function matcherOf(part: string): (name: string) => boolean {
  const expression = part
    .split("*")
    .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const whole = new RegExp(`^${expression}$`, "s");
  return (name) => whole.test(name) && (!name.startsWith(".") || part.startsWith("."));
}
