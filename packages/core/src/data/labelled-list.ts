import { readListedFiles } from "./file-list.ts";
import { type MultiLabelSet, withClassNames } from "./multi-label-set.ts";

/**
 * Images with their classes, from a .tsv file: on each line the path of an image, from the list's own folder,
 * and its classes, all with tabs between. An image may have no class. Empty lines and those that begin with
 * "#" are skipped; otherwise as `readFileList`. Classes stand in the order of their names.
 *
 * @throws {TsslError} INVALID_DATA as `readFileList`, or if no line has a class.
 *
 * @example
 * ```ts
 * import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
 *
 * const folder = await mkdtemp("/tmp/labelled-");
 * await cp("packages/core/fixtures/images", folder, { recursive: true });
 * await writeFile(`${folder}/some.tsv`, "flower-0.jpg\tflower\tmeadow\ntemple-0.jpg\ttemple\n");
 * const { classes, targets } = await readLabelledList(`${folder}/some.tsv`);
 * classes; // => ["flower", "meadow", "temple"]
 * [...targets]; // => [1, 1, -1, -1, -1, 1]
 * await rm(folder, { recursive: true });
 * ```
 */
export async function readLabelledList(list: string): Promise<MultiLabelSet> {
  const { images, lines } = await readListedFiles(list, (line) => fieldsOf(line)[0]!);
  return withClassNames(
    images,
    lines.map((line) => fieldsOf(line).slice(1)),
  );
}

const fieldsOf = (line: string): readonly string[] =>
  line
    .split("\t")
    .map((field) => field.trim())
    .filter((field, i) => i === 0 || field !== "");
