import path from "node:path";

import { readRegularFile } from "../files/regular-file.ts";
import { dataUnreadable, listEmpty, noImages, type WrongLine, wrongLines } from "../messages/images.ts";
import { openLedger } from "./data-ledger.ts";
import { fileStatuses } from "./file-status.ts";
import { classesByFolder, IMAGE_EXTENSIONS, type ImageSet, isArrayName, isImageName } from "./image-set.ts";
import { extensionOf } from "./left-out-by-name.ts";
import { escapedName, nameText } from "./name-bytes.ts";

/** Bytes of the largest list that is read: some ten million paths. */
const LARGEST_LIST = 2 ** 30;

/** What some editors write before the text. */
const BYTE_ORDER_MARK = "\ufeff";

/**
 * The images that a text file lists, a path per line from the list's own folder: a part of a folder, or of
 * several. Empty lines and those that begin with "#" are skipped.
 *
 * As with a folder, the order is that of the names, and classes are the first folders in them; names count
 * from the deepest folder that all listed files share. Files that are missing or empty, and names that are
 * not UTF-8, are left out; the ledger counts them.
 *
 * @example
 * ```ts
 * import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
 *
 * const folder = await mkdtemp("/tmp/split-");
 * const image = "packages/core/fixtures/images/flower-0.jpg";
 * await cp(image, `${folder}/images/dog/1.jpg`);
 * await cp(image, `${folder}/images/cat/2.jpg`);
 * await writeFile(`${folder}/split.txt`, "images/dog/1.jpg\nimages/cat/2.jpg\nimages/cat/3.jpg");
 * const { names, classes, ledger } = await readFileList(`${folder}/split.txt`);
 * names; // => ["cat/2.jpg", "dog/1.jpg"]
 * classes; // => ["cat", "dog"]
 * ledger.leftOut; // => [{ reason: "dangling", extension: ".jpg", count: 1, examples: ["cat/3.jpg"] }]
 * await rm(folder, { recursive: true });
 * ```
 *
 * @throws {TsslError} INVALID_DATA if the list cannot be read, is empty, lists no file that is there, or has
 * lines that are no images or stand twice, with their numbers.
 */
export async function readFileList(list: string): Promise<ImageSet> {
  const { images } = await readListedFiles(list, (line) => line);
  return { ...images, ...classesByFolder(images.names) };
}

/** The images that a list names, and the line of each. */
export interface ListedFiles {
  readonly images: Omit<ImageSet, "classes">;
  readonly lines: readonly string[];
}

/**
 * Reads a list whose lines hold a path and may hold more.
 *
 * @param pathIn takes the path out of a line.
 * @throws {TsslError} as `readFileList`.
 */
export async function readListedFiles(list: string, pathIn: (line: string) => string): Promise<ListedFiles> {
  const root = path.resolve(list);
  const bytes = await readRegularFile(root, LARGEST_LIST).catch((error: unknown) => {
    throw dataUnreadable(root, error);
  });
  const ledger = openLedger();
  const listed = new Map<string, { readonly line: number; readonly text: string }>();
  const wrong: WrongLine[] = [];
  for (const [i, line] of linesOf(bytes)) {
    const written = nameText(line)?.replace(BYTE_ORDER_MARK, "").trim();
    if (written === undefined) {
      const shown = escapedName(line).trim();
      ledger.leaveOut(shown, "name", extensionOf(shown));
      continue;
    }
    if (written === "" || written.startsWith("#")) continue;
    const name = pathIn(written);
    const file = path.resolve(path.dirname(root), name);
    const before = listed.get(file);
    if (before !== undefined) wrong.push({ line: i, text: name, repeats: before.line });
    else if (!isImageName(name) && !isArrayName(name)) wrong.push({ line: i, text: name });
    else listed.set(file, { line: i, text: written });
  }
  if (wrong.length > 0) throw wrongLines(root, wrong);
  if (listed.size === 0) throw listEmpty(root, IMAGE_EXTENSIONS);
  const folder = sharedFolder([...listed.keys()]);
  const all = [...listed.keys()].map((file) => path.relative(folder, file).split(path.sep).join("/")).sort();
  const statuses = await fileStatuses(all.map((name) => path.join(folder, name)));
  const names = all.filter((name, i) => {
    const status = statuses[i]!;
    if (status === "file") return true;
    ledger.leaveOut(name, status === "folder" ? "unreadable" : status, extensionOf(name));
    return false;
  });
  const account = ledger.close(names.length);
  if (names.length === 0) throw noImages(root, IMAGE_EXTENSIONS, account);
  const files = names.map((name) => path.join(folder, name));
  return {
    images: { root, files, names, ledger: account },
    lines: files.map((file) => listed.get(file)!.text),
  };
}

/** The lines of a text with their numbers, from 1. */
function* linesOf(bytes: Buffer): Generator<readonly [number, Buffer]> {
  for (let start = 0, i = 1; start <= bytes.length; i++) {
    const found = bytes.indexOf("\n", start);
    const end = found < 0 ? bytes.length : found;
    yield [i, bytes.subarray(start, end)];
    start = end + 1;
  }
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
