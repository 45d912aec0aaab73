import path from "node:path";

import { isAddress, readRemoteText, withoutSecrets } from "@tssl/augment-zoo";

import { readRegularFile } from "../../files/regular-file.ts";
import { classesDiffer, classesUnusable, notAListOfNames } from "../../messages/shards.ts";

/** Beside the shards: the names of the classes, in the order of their numbers. */
export const CLASSES_FILE = "classes.json";

/** Longest such file, in bytes; of one on a server too. */
export const LONGEST_CLASSES = 16 * 2 ** 20;

/** The names of the classes, and the file that gives them. */
export interface ClassNames {
  /** Path, or address without its secrets. */
  readonly file: string;
  readonly names: readonly string[];
}

/**
 * Reads classes.json beside shards; it may lie in one of their folders or in several.
 *
 * @returns undefined where there is none.
 * @throws {TsslError} INVALID_DATA if it is no list of names, or two of them differ.
 */
export async function readClassNames(shards: readonly string[]): Promise<ClassNames | undefined> {
  let found: ClassNames | undefined;
  for (const source of new Set(shards.map(classesFileOf))) {
    const names = await namesIn(source);
    if (names === undefined) continue;
    const file = withoutSecrets(source);
    if (found !== undefined && JSON.stringify(found.names) !== JSON.stringify(names)) {
      throw classesDiffer(found.file, file);
    }
    found ??= { file, names };
  }
  return found;
}

/**
 * The place of classes.json beside a shard; of an address the query stays.
 *
 * @example
 * ```ts
 * classesFileOf("https://example.org/a/0.tar?token=7");
 * // => "https://example.org/a/classes.json?token=7"
 * ```
 */
export function classesFileOf(shard: string): string {
  if (!isAddress(shard)) return path.join(path.dirname(shard), CLASSES_FILE);
  const [, folder, query = ""] = /^([^?#]*\/)[^/?#]*(\?[^#]*)?/.exec(shard)!;
  return `${folder!}${CLASSES_FILE}${query}`;
}

async function namesIn(file: string): Promise<readonly string[] | undefined> {
  try {
    const text = await (isAddress(file) ? readRemoteText(file) : readPlainText(file));
    if (text === undefined) return undefined;
    const content: unknown = JSON.parse(text);
    if (!isListOfNames(content)) throw notAListOfNames();
    return content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw classesUnusable(withoutSecrets(file), error);
  }
}

const readPlainText = async (file: string): Promise<string> =>
  (await readRegularFile(file, LONGEST_CLASSES)).toString("utf8");

/** Names that look alike, composed and decomposed, are one name: a word could not tell which is meant. */
const isListOfNames = (content: unknown): content is readonly string[] =>
  Array.isArray(content) &&
  content.every((name) => typeof name === "string") &&
  new Set(content.map((name) => name.normalize("NFC"))).size === content.length;
