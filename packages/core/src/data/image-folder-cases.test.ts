import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import type { LeftOutReason } from "./data-ledger.ts";
import { readImageFolder } from "./image-folder.ts";

/** What people have in folders of images: who reported each stands in no code, what is right stands here. */

let folder: TemporaryFolder;
beforeEach(async () => (folder = await temporaryFolder()));
afterEach(() => folder.remove());
const at = (...parts: string[]) => path.join(folder.path, ...parts);

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), "bytes");
  }
}
/** A file whose name is these Latin-1 bytes. */
const putBytes = (name: string) =>
  writeFile(Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from(name, "latin1")]), "bytes");

/** Names, classes and labels, and how many files were left out for each reason. */
async function found(root = "") {
  const { names, classes, labels, ledger, files } = await readImageFolder(at(root));
  expect(ledger.found).toBe(names.length + ledger.leftOut.reduce((sum, { count }) => sum + count, 0));
  expect([ledger.images, files.length]).toEqual([names.length, names.length]);
  const leftOut: Partial<Record<LeftOutReason, string[]>> = {};
  for (const { reason, examples } of ledger.leftOut)
    leftOut[reason] = [...(leftOut[reason] ?? []), ...examples].sort();
  return { names, classes, labels: labels && [...labels], leftOut };
}

it("class folders that are links are followed, as is a link to a file", async () => {
  await put("store/cat/1.jpg", "store/dog/1.jpg", "train/ship/1.jpg");
  await symlink(at("store/cat"), at("train/cat"));
  await symlink("../store/dog", at("train/dog"));
  await symlink(at("store/cat/1.jpg"), at("train/ship/2.jpg"));
  expect(await found("train")).toEqual({
    names: ["cat/1.jpg", "dog/1.jpg", "ship/1.jpg", "ship/2.jpg"],
    classes: ["cat", "dog", "ship"],
    labels: [0, 1, 2, 2],
    leftOut: {},
  });
});

it("loops end; a folder is listed under its own path, else under the first link by name", async () => {
  await put("train/cat/1.jpg", "train/dog/1.jpg", "away/1.jpg");
  await symlink(at("train"), at("train/cat/round"));
  await symlink(at("train/dog"), at("train/a"));
  await symlink(at("away"), at("train/z"));
  await symlink(at("away"), at("train/y"));
  await symlink(at("train"), at("away/back"));
  await symlink("itself", at("train/itself"));
  expect(await found("train")).toEqual({
    names: ["cat/1.jpg", "dog/1.jpg", "y/1.jpg"],
    classes: ["cat", "dog", "y"],
    labels: [0, 1, 2],
    leftOut: { loop: ["a", "cat/round", "z"], dangling: ["itself"] },
  });
});

it("the folder itself may be a link", async () => {
  await put("store/cat/1.jpg", "store/dog/1.jpg");
  await symlink(at("store"), at("train"));
  expect((await found("train")).names).toEqual(["cat/1.jpg", "dog/1.jpg"]);
});

it("of fourteen formats the ten that are decoded are read, and the others counted", async () => {
  const kinds = "jpg jpeg jpe jfif png webp gif tif tiff avif bmp ppm heic svg".split(" ");
  await put(...kinds.flatMap((kind) => Array.from({ length: 8 }, (_, i) => `cat/${i}.${kind}`)));
  const { ledger } = await readImageFolder(folder.path);
  expect([ledger.found, ledger.images]).toEqual([112, 80]);
  expect(ledger.leftOut.map(({ reason, extension, count }) => [reason, extension, count])).toEqual([
    ["format", ".bmp", 8],
    ["format", ".heic", 8],
    ["format", ".ppm", 8],
    ["format", ".svg", 8],
  ]);
});

it("a name that is not UTF-8 is left out, escaped; with a folder of such a name all that is in it", async () => {
  await put("cat/1.jpg");
  await putBytes("cat/caf\xe9.jpg");
  await mkdir(Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from("k\xf6ter", "latin1")]));
  await putBytes("k\xf6ter/1.jpg");
  await putBytes("k\xf6ter/na\xefve \u00fc.jpg");
  expect(await found()).toEqual({
    names: ["cat/1.jpg"],
    classes: [],
    labels: undefined,
    leftOut: { name: ["cat/caf\\xe9.jpg", "k\\xf6ter/1.jpg", "k\\xf6ter/na\\xefve \\xfc.jpg"] },
  });
});

it("a class whose name stands composed and decomposed is one class, at its first place", async () => {
  await put("ko\u0308ter/1.jpg", "k\u00f6ter/2.jpg", "kuh/1.jpg", "dog/1.jpg");
  const { classes, labels, joinedClasses } = await readImageFolder(folder.path);
  expect(classes).toEqual(["dog", "k\u00f6ter", "kuh"]); // by the folders' code units: "o" before "u"
  expect([...labels!]).toEqual([0, 1, 2, 1]);
  expect(joinedClasses).toEqual(["k\u00f6ter"]);
});

it("what systems and network drives leave behind is left out, and so is what is hidden", async () => {
  await put(
    "cat/1.jpg",
    "dog/1.jpg",
    "cat/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg",
    "@eaDir/cat.jpg",
    "#recycle/old.jpg",
    "lost+found/x.jpg",
    "$RECYCLE.BIN/S-1/y.jpg",
    "System Volume Information/z.jpg",
    "__MACOSX/cat/._1.jpg",
    "cat/Thumbs.db",
    "dog/desktop.ini",
    ".ipynb_checkpoints/1.jpg",
    "cat/.DS_Store",
    "cat/._1.jpg",
    ".git/objects/aa/b",
  );
  const { names, classes, leftOut } = await found();
  expect([names, classes]).toEqual([
    ["cat/1.jpg", "dog/1.jpg"],
    ["cat", "dog"],
  ]);
  const { ledger } = await readImageFolder(folder.path);
  const count = (reason: LeftOutReason) =>
    ledger.leftOut.reduce((sum, each) => sum + (each.reason === reason ? each.count : 0), 0);
  expect([count("leftover"), count("hidden")]).toEqual([9, 4]);
  expect(Object.keys(leftOut).sort()).toEqual(["hidden", "leftover"]);
});

it("empty files, links to nothing and pipes are no images; odd names are", async () => {
  const odd = [
    "a b.jpg",
    "🐈.png",
    'it\'s "x".jpg',
    "line\nbreak.jpg",
    "#?%.jpg",
    "back\\slash.jpg",
    `${"x".repeat(247)}.jpg`,
  ];
  await put(...odd.map((name) => `cat/${name}`), "my phötos/1.jpg", `deep/${"d/".repeat(60)}1.jpg`);
  await writeFile(at("cat/empty.jpg"), "");
  await symlink(at("gone"), at("cat/gone.jpg"));
  await symlink(at("gone"), at("dog"));
  const { names, classes, leftOut } = await found();
  expect(names).toHaveLength(odd.length + 2);
  expect(classes).toEqual(["cat", "deep", "my phötos"]);
  expect(leftOut).toEqual({ empty: ["cat/empty.jpg"], dangling: ["cat/gone.jpg", "dog"] });
});
