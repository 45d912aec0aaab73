import { readFile } from "node:fs/promises";
import path from "node:path";

import { dataUnreadable, listEmpty, type WrongLine, wrongLines } from "../messages.ts";
import { openLedger } from "./data-ledger.ts";
import { classesByFolder, IMAGE_EXTENSIONS, type ImageSet, isImageName } from "./image-set.ts";

/**
 * The images that a text file lists, a path per line from the list's own folder: a part of a folder, or of
 * several. Empty lines and those that begin with "#" are skipped.
 *
 * As with a folder, the order is that of the names, and classes are the first folders in them; names count
 * from the deepest folder that all images share. Whether the files are there is not looked at.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm, writeFile } from "node:fs/promises";
 *
 * const folder = await mkdtemp("/tmp/split-");
 * await writeFile(`${folder}/split.txt`, "images/dog/1.jpg\nimages/cat/2.jpg");
 * const { names, classes } = await readFileList(`${folder}/split.txt`);
 * names; // => ["cat/2.jpg", "dog/1.jpg"]
 * classes; // => ["cat", "dog"]
 * await rm(folder, { recursive: true });
 * ```
 *
 * @throws {TsslError} INVALID_DATA if the list cannot be read, is empty, or has lines that are no images or
 * stand twice, with their numbers.
 */
export async function readFileList(list: string): Promise<ImageSet> {
  const root = path.resolve(list);
  const text = await readFile(root, "utf8").catch((error: unknown) => {
    throw dataUnreadable(root, error);
  });
  const listed = new Map<string, number>();
  const wrong: WrongLine[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const written = line.trim();
    if (written === "" || written.startsWith("#")) continue;
    const file = path.resolve(path.dirname(root), written);
    const before = listed.get(file);
    const here = { line: i + 1, text: written };
    if (before !== undefined) wrong.push({ ...here, repeats: before });
    else if (!isImageName(written)) wrong.push(here);
    else listed.set(file, i + 1);
  }
  if (wrong.length > 0) throw wrongLines(root, wrong);
  if (listed.size === 0) throw listEmpty(root, IMAGE_EXTENSIONS);
  const folder = sharedFolder([...listed.keys()]);
  const names = [...listed.keys()]
    .map((file) => path.relative(folder, file).split(path.sep).join("/"))
    .sort();
  return {
    root,
    files: names.map((name) => path.join(folder, name)),
    names,
    ...classesByFolder(names),
    ledger: openLedger().close(names.length),
  };
}

/** The deepest folder that holds all of these files. */
function sharedFolder(files: readonly string[]): string {
  let shared = path.dirname(files[0]!);
  for (const file of files) {
    while (!file.startsWith(shared.endsWith(path.sep) ? shared : `${shared}${path.sep}`)) {
      shared = path.dirname(shared);
    }
  }
  return shared;
}
