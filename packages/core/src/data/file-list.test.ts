import { appendFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { refusal, refusedWith } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { fingerprintOf, marksOf } from "./fingerprint.ts";
import { readImages } from "./read-images.ts";

let folder: TemporaryFolder;
afterEach(() => folder.remove());

/** What a list of these lines beside an image folder holds. */
async function listed(...lines: string[]) {
  folder = await temporaryFolder({
    "images/cat/1.jpg": "first",
    "images/cat/2.jpg": "second",
    "images/dog/1.jpg": "third",
    "more/cat/1.png": "fourth",
    "splits/train.txt": lines.join("\n"),
  });
  return readImages(path.join(folder.path, "splits/train.txt"));
}

describe("a list of files", () => {
  it("is the part of a folder that it names, sorted, with the folder's classes", async () => {
    const found = await listed("# a split", "../images/dog/1.jpg\r", "", "  ../images/cat/2.jpg");
    expect(found.root).toBe(path.join(folder.path, "splits/train.txt"));
    expect(found.names).toEqual(["cat/2.jpg", "dog/1.jpg"]);
    expect(found.files).toEqual(found.names.map((name) => path.join(folder.path, "images", name)));
    expect(found.classes).toEqual(["cat", "dog"]);
    expect([...found.labels!]).toEqual([0, 1]);
    expect(marksOf(await fingerprintOf(found))).toEqual({ "cat/2.jpg": "6:16367aacb67a4a01", "dog/1.jpg": "5:b1e99324505bd32d" }); // prettier-ignore
  });

  it("may name files of several folders, or one", async () => {
    const { names, classes } = await listed("../more/cat/1.png", "../images/cat/1.jpg");
    expect(names).toEqual(["images/cat/1.jpg", "more/cat/1.png"]);
    expect(classes).toEqual(["images", "more"]);
    await folder.remove();
    expect(await listed("../more/cat/1.png")).toMatchObject({ names: ["1.png"], classes: [] });
  });

  it.each<[string[], Readonly<Record<string, unknown>>]>([
    [
      ["../images/cat/1.jpg", "", "../images/./cat/1.jpg", "notes.md"],
      {
        lines: [
          { line: 3, text: "../images/./cat/1.jpg", repeats: 1 },
          { line: 4, text: "notes.md" },
        ],
      },
    ],
    [Array.from("abcdefg"), { lines: Array.from("abcdefg").map((text, i) => ({ line: i + 1, text })) }],
    [["# nothing"], {}],
  ])("refuses %j", async (lines, facts) => {
    expect(await refusedWith(() => listed(...lines))).toEqual({
      code: "INVALID_DATA",
      data: { list: path.join(folder.path, "splits/train.txt"), ...facts },
    });
  });

  it("leaves out files that are missing or empty, and names that are not UTF-8", async () => {
    const { names, classes, ledger } = await listed(
      "../images/cat/1.jpg",
      "../images/cat/9.jpg",
      "../images/dog/1.jpg",
      "../images/dog/0.jpg",
    );
    expect([names, classes]).toEqual([
      ["cat/1.jpg", "dog/1.jpg"],
      ["cat", "dog"],
    ]);
    expect(ledger).toEqual({
      found: 4,
      images: 2,
      labels: 0,
      leftOut: [{ reason: "dangling", extension: ".jpg", count: 2, examples: ["cat/9.jpg", "dog/0.jpg"] }],
    });
    await writeFile(path.join(folder.path, "images/dog/0.jpg"), "");
    const latin = Buffer.from("\n../images/cat/caf\xe9.jpg\n", "latin1");
    await appendFile(path.join(folder.path, "splits/train.txt"), latin);
    expect((await readImages(path.join(folder.path, "splits/train.txt"))).ledger).toEqual({
      found: 5,
      images: 2,
      labels: 0,
      leftOut: [
        { reason: "name", extension: ".jpg", count: 1, examples: ["../images/cat/caf\\xe9.jpg"] },
        { reason: "dangling", extension: ".jpg", count: 1, examples: ["cat/9.jpg"] },
        { reason: "empty", extension: ".jpg", count: 1, examples: ["dog/0.jpg"] },
      ],
    });
  });

  it("may begin with a byte order mark and end its lines as Windows does", async () => {
    const { names } = await listed("\ufeff../images/cat/1.jpg\r", "../images/cat/2.jpg\r", "");
    expect(names).toEqual(["1.jpg", "2.jpg"]);
  });

  it("is refused where it is not there, or no file of it is", async () => {
    expect(await refusedWith(() => listed("../images/cat/9.jpg"))).toEqual({
      code: "INVALID_DATA",
      data: {
        source: path.join(folder.path, "splits/train.txt"),
        leftOut: [{ reason: "dangling", extension: ".jpg", count: 1, examples: ["9.jpg"] }],
      },
    });
    expect(await refusal(() => readImages(path.join(folder.path, "none.txt")))).toContain(
      "none.txt cannot be read: ENOENT",
    );
  });
});
