import { execFileSync } from "node:child_process";
import { rm, symlink } from "node:fs/promises";
import path from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { noRegularFile } from "../messages/config.ts";
import { listWithoutClasses, vocFilesWrong, vocSplitMissing } from "../messages/images.ts";
import { imagesWithoutLabels, unknownClasses } from "../messages/options.ts"; // prettier-ignore
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import type { MultiLabelSet } from "./multi-label-set.ts";
import { readMultiLabel } from "./read-multi-label.ts";
import { vocObjects } from "./voc-annotation.ts";

let folder: TemporaryFolder;
const made: TemporaryFolder[] = [];
afterEach(() => Promise.all(made.splice(0).map((each) => each.remove())));

const object = (name: string, difficult?: 0 | 1, part = "") => {
  const mark = difficult === undefined ? "" : `<difficult>${difficult}</difficult>`;
  return `<object>\n<name>${name}</name>${mark}${part}</object>`;
};
const annotation = (...objects: string[]) => `<annotation>\n<folder>VOC2007</folder>${objects.join("\n")}</annotation>\n`; // prettier-ignore
const head = "<part><name>head</name><difficult>1</difficult></part>";
const jpegs = (...ids: string[]) => Object.fromEntries(ids.map((id) => [`JPEGImages/${id}.jpg`, id]));

async function read(files: Record<string, string>, train = "", test = train) {
  folder = await temporaryFolder(files);
  made.push(folder);
  const told: string[] = [];
  const at = (name: string) => path.join(folder.path, name);
  const sets = await readMultiLabel(
    { option: "--train", source: at(train) },
    { option: "--test", source: at(test) },
    (sentence) => told.push(sentence),
  );
  return { ...sets, told };
}
/** The message with which it is refused. */
const refused = (...what: Parameters<typeof read>): Promise<string> =>
  read(...what).then(
    () => "nothing",
    (error: unknown) => (error as Error).message,
  );
/** "1 cat dog?", with ? where it is difficult. */
const shown = ({ images, classes, targets }: MultiLabelSet) =>
  images.names.map((name, i) =>
    [
      name,
      ...classes.flatMap((class_, j) => {
        const target = targets[i * classes.length + j];
        return target === -1 ? [] : [target === 0 ? `${class_}?` : class_];
      }),
    ].join(" "),
  );

const VOC = {
  ...jpegs("000001", "000002", "000003", "000004"),
  "ImageSets/Main/cat_trainval.txt": "000001 -1\n000002  1\n",
  "ImageSets/Main/dog_trainval.txt": "000001  0\n000002  1\n",
  "ImageSets/Main/cat_test.txt": "000003  1\n000004 -1\n",
  "ImageSets/Main/dog_test.txt": "000003 -1\n000004  0\n",
  "ImageSets/Main/cat_train.txt": "000001  1\n",
};

describe("a folder of VOC's form", () => {
  it("has its classes in a file for each of them, trainval to learn from and test to classify", async () => {
    const { train, test } = await read(VOC);
    expect(train.classes).toEqual(["cat", "dog"]);
    expect(shown(train)).toEqual(["000001.jpg dog?", "000002.jpg cat dog"]);
    expect(shown(test)).toEqual(["000003.jpg cat", "000004.jpg dog?"]);
    expect(train.images.files[0]).toBe(path.join(folder.path, "JPEGImages/000001.jpg"));
  });

  it("has them in annotations where there are no such files, of the images that the part lists", async () => {
    const { train, test } = await read({
      ...jpegs("a", "b", "c"),
      "ImageSets/Main/train.txt": "a\nb\n",
      "ImageSets/Main/val.txt": "c\n",
      "Annotations/a.xml": annotation(object("person", 0, head), object("dog", 1)),
      "Annotations/b.xml": annotation(object("dog", 1), object("dog")),
      "Annotations/c.xml": annotation(object("person", 1)),
    });
    expect(train.classes).toEqual(["dog", "person"]);
    expect(shown(train)).toEqual(["a.jpg dog? person", "b.jpg dog"]);
    expect(shown(test)).toEqual(["c.jpg person?"]);
  });

  it("may have annotations alone: all images, in either role; missing ones are told", async () => {
    const { train, test, told } = await read({
      ...jpegs("a", "b"),
      "Annotations/a.xml": annotation(object("cat")),
      "Annotations/b.xml": annotation(),
      "Annotations/c.xml": annotation(object("cat")),
    });
    expect(shown(train)).toEqual(["a.jpg cat", "b.jpg"]);
    expect(shown(test)).toEqual(shown(train));
    expect(train.images.ledger).toMatchObject({ found: 3, images: 2 });
    expect(told[0]).toContain("c.jpg");
  });

  it("is refused where a part is missing, or lines are not of its form", async () => {
    const main = () => path.join(folder.path, "ImageSets/Main");
    expect(await refused({ ...jpegs("a"), "ImageSets/Main/cat_trainval.txt": "a 1\n" })).toBe(
      vocSplitMissing(main(), ["test", "val"]).message,
    );
    expect(await refused({ ...VOC, "ImageSets/Main/dog_trainval.txt": "000001 2\n../x 1\n" })).toBe(
      vocFilesWrong(
        main(),
        ["dog_trainval.txt:1: 000001 2", "dog_trainval.txt:2: ../x 1"],
        "an image's name and 1, 0 or -1, each image once",
      ).message,
    );
    expect(await refused({ ...jpegs("a"), "Annotations/a.xml": "<svg/>" })).toBe(
      vocFilesWrong(
        path.join(folder.path, "Annotations"),
        ["a.xml"],
        "an <annotation> whose objects have names",
      ).message,
    );
  });
});

describe("labels of VOC's form", () => {
  const main = () => path.join(folder.path, "ImageSets/Main");

  it("are not taken for absent where a file of a class is cut short, nor set twice", async () => {
    expect(await refused({ ...VOC, "ImageSets/Main/dog_trainval.txt": "000001 0\n" })).toBe(
      vocFilesWrong(
        main(),
        ["dog_trainval.txt (lacks 1 of 2 images, such as 000002)"],
        "every image of the part",
      ).message,
    );
    expect(await refused({ ...VOC, "ImageSets/Main/trainval.txt": "000001\n000002\n000009\n" })).toBe(
      vocFilesWrong(
        main(),
        ["cat", "dog"].map((name) => `${name}_trainval.txt (lacks 1 of 3 images, such as 000009)`),
        "every image of the part",
      ).message,
    );
    expect(await refused({ ...VOC, "ImageSets/Main/dog_trainval.txt": "000001 0\n000001 1\n" })).toBe(
      vocFilesWrong(
        main(),
        ["dog_trainval.txt:2: 000001 1"],
        "an image's name and 1, 0 or -1, each image once",
      ).message,
    );
  });

  it("are not looked for in what systems leave beside the files", async () => {
    const { train } = await read({ ...VOC, "ImageSets/Main/._cat_trainval.txt": "\0\x05\x16" });
    expect(train.classes).toEqual(["cat", "dog"]);
    const annotated = { ...jpegs("a"), "Annotations/a.xml": annotation(object("cat")) };
    const { train: other } = await read({ ...annotated, "Annotations/._a.xml": "\0\x05\x16" });
    expect(shown(other)).toEqual(["a.jpg cat"]);
  });

  it("are read of objects with attributes, and of none in a comment", () => {
    const xml = annotation(
      '<object id="1"><name lang="en">cat &amp; dog</name></object>',
      "<!-- <object><name>sofa</name></object> -->",
      '<object><part kind="head"><name>head</name></part><name>cow</name><difficult>1</difficult></object>',
    );
    expect([...vocObjects(xml)!]).toEqual([
      ["cat & dog", true],
      ["cow", false],
    ]);
    expect(vocObjects(annotation("<object><name>cat</name>", object("dog")))).toBe(undefined); // one does not end
  });
});

describe("a list with classes", () => {
  const images = { "images/1.jpg": "1", "images/2.jpg": "2", "images/3.png": "3" };

  it("has the path of an image on each line, and its classes behind it", async () => {
    const { train, test } = await read(
      {
        ...images,
        "train.tsv": "# some\nimages/1.jpg\tdog\tcat\nimages/2.jpg\nimages/3.png\t sofa \t\n",
        "test.tsv": "images/2.jpg\tcat\n",
      },
      "train.tsv",
      "test.tsv",
    );
    expect(train.classes).toEqual(["cat", "dog", "sofa"]);
    expect(shown(train)).toEqual(["1.jpg cat dog", "2.jpg", "3.png sofa"]);
    expect(test.classes).toEqual(train.classes);
    expect(shown(test)).toEqual(["2.jpg cat"]);
  });

  it("is refused without a class, and where the test images have one that the others lack", async () => {
    expect(await refused({ ...images, "a.tsv": "images/1.jpg\n" }, "a.tsv")).toBe(
      listWithoutClasses(path.join(folder.path, "a.tsv")).message,
    );
    const lists = { "a.tsv": "images/1.jpg\tcat\n", "b.tsv": "images/2.jpg\tfox\n" };
    expect(await refused({ ...images, ...lists }, "a.tsv", "b.tsv")).toBe(
      unknownClasses({ option: "--test", classes: ["fox"] }, { option: "--train", classes: ["cat"] }).message,
    );
  });
});

it("waits for no pipe, and reads no device, in the place of a list or of a file of VOC's form", async () => {
  folder = await temporaryFolder(VOC);
  made.push(folder);
  const at = (name: string) => path.join(folder.path, name);
  const [list, endless, classFile] = [at("a.tsv"), at("b.tsv"), at("ImageSets/Main/cat_trainval.txt")];
  await rm(classFile);
  execFileSync("mkfifo", [list, classFile]);
  await symlink("/dev/zero", endless);
  for (const [source, file] of [
    [list, list],
    [endless, endless],
    [folder.path, classFile],
  ] as const) {
    const named = { option: "--train", source };
    await expect(readMultiLabel(named, named, () => {})).rejects.toMatchObject({
      code: "INVALID_DATA",
      data: { file, reason: noRegularFile().message },
    });
  }
});

describe("class folders", () => {
  it("are one class for each image, against the others", async () => {
    const { train } = await read({ "cat/1.jpg": "1", "dog/2.jpg": "2" });
    expect(shown(train)).toEqual(["cat/1.jpg cat", "dog/2.jpg dog"]);
  });

  it("are needed where there is nothing else", async () => {
    expect(await refused({ "1.jpg": "1" })).toBe(imagesWithoutLabels("--train", folder.path).message);
  });
});

it("an annotation that is none is found", () => {
  expect(vocObjects("")).toBeUndefined();
  expect(vocObjects("<annotation><object></object></annotation>")).toBeUndefined();
  expect(vocObjects(annotation())?.size).toBe(0);
});
