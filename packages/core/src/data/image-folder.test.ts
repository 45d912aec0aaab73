import path from "node:path";

import { describe, expect, it } from "vitest";

import { isAFile } from "../messages/images.ts";
import { refusedWith } from "../testing/refusal.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { DataLedger } from "./data-ledger.ts";
import { readImageFolder } from "./image-folder.ts";

/** What is found in a folder of these files, with paths inside it. */
async function found(...names: string[]) {
  const folder = await temporaryFolder(Object.fromEntries(names.map((name) => [name, "bytes"])));
  const { files, names: found, classes, labels, root } = await readImageFolder(folder.path);
  expect(root).toBe(folder.path);
  expect(files).toEqual(found.map((name) => path.join(root, name)));
  await folder.remove();
  return { files: found, classes, labels: labels && [...labels] };
}

describe("readImageFolder", () => {
  it("takes folders for classes, sorted by name", async () => {
    expect(await found("dog/1.png", "cat/2.jpg", "dog/0.webp", "ant/x/deep.jpeg")).toEqual({
      files: ["ant/x/deep.jpeg", "cat/2.jpg", "dog/0.webp", "dog/1.png"],
      classes: ["ant", "cat", "dog"],
      labels: [0, 1, 2, 2],
    });
  });

  it("sorts by code unit: the same on every machine", async () => {
    const { files } = await found("b.png", "B.png", "ä.png", "a.png", "10.png", "9.png");
    expect(files).toEqual(["10.png", "9.png", "B.png", "a.png", "b.png", "ä.png"]);
  });

  it.each([
    ["all images lie in the folder itself", ["a.png", "b.png"]],
    ["some of them do", ["a.png", "cat/b.png", "dog/c.png"]],
    ["there is one subfolder", ["cat/a.png", "cat/b.png"]],
  ])("knows no classes where %s", async (_name, names) => {
    expect(await found(...names)).toEqual({ files: names, classes: [], labels: undefined });
  });

  it("reads extensions in either case, and skips hidden and other files", async () => {
    const { files } = await found(
      "a.PNG",
      "b.JpEg",
      ".hidden.png",
      ".cache/c.png",
      "notes.txt",
      "d.png/e.png",
    );
    expect(files).toEqual(["a.PNG", "b.JpEg", "d.png/e.png"]);
  });

  it("reads every format that the decoder reads", async () => {
    const extensions = ["avif", "gif", "jfif", "jpe", "jpeg", "jpg", "png", "tif", "tiff", "webp"];
    expect((await found(...extensions.map((extension) => `a.${extension}`))).files).toHaveLength(10);
  });

  it.each<[string, string[], DataLedger["leftOut"]]>([
    ["an empty folder", [], []],
    [
      "other files",
      ["a.txt", "b.txt", "c.bmp", "LICENSE"],
      [
        { reason: "other", extension: ".txt", count: 2, examples: ["a.txt", "b.txt"] },
        { reason: "other", extension: "", count: 1, examples: ["LICENSE"] },
        { reason: "format", extension: ".bmp", count: 1, examples: ["c.bmp"] },
      ],
    ],
  ])("refuses %s", async (_name, names, leftOut) => {
    const folder = await temporaryFolder(Object.fromEntries(names.map((name) => [name, "bytes"])));
    const refused = await refusedWith(() => readImageFolder(folder.path));
    await folder.remove();
    expect(refused).toEqual({ code: "INVALID_DATA", data: { source: folder.path, leftOut } });
  });

  it("refuses what is not there or not a folder", async () => {
    const folder = await temporaryFolder({ "a.png": "" });
    const [missing, file] = [path.join(folder.path, "nowhere"), path.join(folder.path, "a.png")];
    expect(await refusedWith(() => readImageFolder(missing))).toEqual({
      code: "INVALID_DATA",
      data: { folder: missing, reason: "there is no such folder" },
    });
    expect(await refusedWith(() => readImageFolder(file))).toEqual({
      code: "INVALID_DATA",
      data: { folder: file, reason: isAFile().message },
    });
    await folder.remove();
  });
});
