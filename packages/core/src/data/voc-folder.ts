import { stat } from "node:fs/promises";
import path from "node:path";

import { counted } from "../text/numbers.ts";
import { namesIn } from "../files/names-in.ts";
import { readRegularFile } from "../files/regular-file.ts";
import { dataUnreadable, noImages, vocFilesWrong, vocSplitMissing } from "../messages/images.ts";
import { openLedger } from "./data-ledger.ts";
import { fileStatuses } from "./file-status.ts";
import { isHidden } from "./image-set.ts";
import { ABSENT, DIFFICULT, type MultiLabelSet, PRESENT } from "./multi-label-set.ts";
import { vocObjects } from "./voc-annotation.ts";

/** What images of a VOC folder are for: its parts by the names that ImageSets/Main has for them. */
const PARTS = { train: ["trainval", "train"], test: ["test", "val"] } as const;
export type VocRole = keyof typeof PARTS;

/** Bytes that a text in such a folder may have. */
const LARGEST = 2 ** 24;

/** Whether a folder has the form of VOC: JPEGImages, beside ImageSets/Main or Annotations. */
export async function isVocFolder(root: string): Promise<boolean> {
  const [images, sets, annotations] = await Promise.all(
    ["JPEGImages", "ImageSets/Main", "Annotations"].map((name) => isFolder(path.join(root, name))),
  );
  return images! && (sets! || annotations!);
}

const isFolder = (place: string): Promise<boolean> =>
  stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** The classes of images by their names: 1, 0 or -1, as `MultiLabelSet` has them. */
type Labels = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Images with their classes from a folder of VOC's form, such as VOCdevkit/VOC2007.
 *
 * The images are those of `trainval` (else `train`) to learn from, those of `test` (else `val`) to classify.
 * Their classes stand in ImageSets/Main/<class>_<part>.txt, where there are such files: 1, 0 (difficult) or
 * -1 for each image, and each file has every image of the part. Otherwise they come from
 * Annotations/<image>.xml: a class is difficult where all of its objects are. Where there is no
 * ImageSets/Main, all images with an annotation are taken, in either role.
 *
 * Images that are listed and missing in JPEGImages are left out; the ledger counts them.
 *
 * @throws {TsslError} INVALID_DATA if the part is missing, or files are not of that form, with their lines.
 */
export async function readVocFolder(folder: string, role: VocRole): Promise<MultiLabelSet> {
  const root = path.resolve(folder);
  const main = path.join(root, "ImageSets", "Main");
  const files = await visibleIn(main);
  const part = PARTS[role].find((part) => files.some((file) => file === `${part}.txt` || isOf(file, part)));
  const labels =
    files.length === 0
      ? await fromAnnotations(root, await annotated(root))
      : part === undefined
        ? undefined
        : files.some((file) => isOf(file, part))
          ? await fromClassFiles(main, files, part)
          : await fromAnnotations(root, await idsIn(path.join(main, `${part}.txt`)));
  if (labels === undefined) throw vocSplitMissing(main, PARTS[role]);
  return withImages(root, labels);
}

/** Whether a file is "<class>_<part>.txt". */
const isOf = (file: string, part: string): boolean =>
  file.length > part.length + 5 && file.endsWith(`_${part}.txt`);

/** @throws {TsslError} where a file has an image twice, or lacks one that another file or the part has. */
async function fromClassFiles(main: string, files: readonly string[], part: string): Promise<Labels> {
  const labels = new Map<string, Map<string, number>>();
  const wrong: string[] = [];
  const own = files.filter((file) => isOf(file, part)).sort();
  const classOf = (file: string) => file.slice(0, -`_${part}.txt`.length);
  for (const file of own) {
    for (const [i, line] of (await linesOf(path.join(main, file))).entries()) {
      if (line === "") continue;
      const [, id, label] = /^([^\s/\\]+)\s+(-1|0|1)$/.exec(line) ?? [];
      const labelled = (id === undefined ? undefined : labels.get(id)) ?? new Map<string, number>();
      if (id === undefined || labelled.has(classOf(file))) wrong.push(`${file}:${i + 1}: ${line}`);
      else labels.set(id, labelled.set(classOf(file), Number(label)));
    }
  }
  if (wrong.length > 0) throw vocFilesWrong(main, wrong, "an image's name and 1, 0 or -1, each image once");
  const listed = files.includes(`${part}.txt`) ? await idsIn(path.join(main, `${part}.txt`)) : [];
  const images = [...new Set([...labels.keys(), ...listed])].sort();
  const short = own.flatMap((file) => {
    const lacking = images.filter((id) => labels.get(id)?.has(classOf(file)) !== true);
    if (lacking.length === 0) return [];
    return [
      `${file} (lacks ${lacking.length} of ${counted(images.length, "image")}, such as ${lacking[0]!})`,
    ];
  });
  if (short.length > 0) throw vocFilesWrong(main, short, "every image of the part");
  return labels;
}

async function fromAnnotations(root: string, ids: readonly string[]): Promise<Labels> {
  const labels = new Map<string, Map<string, number>>();
  const wrong: string[] = [];
  for (const id of ids) {
    const file = path.join(root, "Annotations", `${id}.xml`);
    const objects = vocObjects(await textOf(file));
    if (objects === undefined) {
      wrong.push(`${id}.xml`);
      continue;
    }
    const own = [...objects].map(([name, isEasy]) => [name, isEasy ? PRESENT : DIFFICULT] as const);
    labels.set(id, new Map(own));
  }
  if (wrong.length > 0) {
    throw vocFilesWrong(path.join(root, "Annotations"), wrong, "an <annotation> whose objects have names");
  }
  return labels;
}

const annotated = async (root: string): Promise<readonly string[]> =>
  (await visibleIn(path.join(root, "Annotations")))
    .filter((name) => name.endsWith(".xml"))
    .map((name) => name.slice(0, -".xml".length));

/** What lies in a folder, without the hidden files that systems leave beside others ("._cat_trainval.txt"). */
const visibleIn = async (folder: string): Promise<readonly string[]> =>
  (await namesIn(folder)).filter((name) => !isHidden(name));

/** The first word of each line. */
async function idsIn(file: string): Promise<readonly string[]> {
  const lines = await linesOf(file);
  const ids = lines.map((line) => line.split(/\s/, 1)[0]!);
  const wrong = ids.flatMap((id, i) => (/[/\\]/.test(id) ? [`${path.basename(file)}:${i + 1}: ${id}`] : []));
  if (wrong.length > 0) throw vocFilesWrong(path.dirname(file), wrong, "an image's name");
  return ids.filter((id) => id !== "");
}

const linesOf = async (file: string): Promise<readonly string[]> =>
  (await textOf(file)).split("\n").map((line) => line.trim());

const textOf = (file: string): Promise<string> =>
  readRegularFile(file, LARGEST).then(
    (bytes) => bytes.toString("utf8"),
    (error: unknown) => {
      throw dataUnreadable(file, error);
    },
  );

async function withImages(root: string, labels: Labels): Promise<MultiLabelSet> {
  const ids = [...labels.keys()].sort();
  const ledger = openLedger();
  const statuses = await fileStatuses(ids.map((id) => path.join(root, "JPEGImages", `${id}.jpg`)));
  const present = ids.filter((id, i) => {
    const status = statuses[i]!;
    if (status !== "file") ledger.leaveOut(`${id}.jpg`, status === "folder" ? "unreadable" : status, ".jpg");
    return status === "file";
  });
  const account = ledger.close(present.length);
  if (present.length === 0) throw noImages(path.join(root, "JPEGImages"), [".jpg"], account);
  const classes = [...new Set(present.flatMap((id) => [...labels.get(id)!.keys()]))].sort();
  const targets = present.flatMap((id) => classes.map((name) => labels.get(id)!.get(name) ?? ABSENT));
  const names = present.map((id) => `${id}.jpg`);
  const files = names.map((name) => path.join(root, "JPEGImages", name));
  return {
    images: { root, files, names, classes, ledger: account },
    classes,
    targets: Int8Array.from(targets),
  };
}
