import { ImageError } from "@tssl/augment-zoo";

import * as messages from "./images.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

const missing = Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });
const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
const OTHERS = [{ reason: "other", extension: ".txt", count: 2, examples: ["a.txt", "b.txt"] }] as const;
const EMPTY = { reason: "empty", extension: ".jpg", count: 1, examples: ["cat/a.jpg"] } as const;
const extensions = [".jpg", ".png"];

errors([
  [
    "INVALID_DATA",
    messages.noImageFolder("./images", missing),
    "./images must be a folder of images, but there is no such folder.",
  ],
  [
    "INVALID_DATA",
    messages.noImageFolder("a.png", messages.isAFile()),
    "a.png must be a folder of images, but it is a file (a list of images ends with .txt, a shard with " +
      ".tar).",
  ],
  [
    "INVALID_DATA",
    messages.noImages("images", extensions, { found: 0, images: 0, labels: 0, leftOut: [] }),
    "images holds no images (.jpg, .png); it is empty.",
  ],
  [
    "INVALID_DATA",
    messages.noImages("images", extensions, { found: 3, images: 0, labels: 0, leftOut: [...OTHERS, EMPTY] }),
    "images holds no images (.jpg, .png); found 2 × .txt (no images); 1 empty file (cat/a.jpg).",
  ],
  [
    "INVALID_DATA",
    messages.tooManyUnreadable(
      new ImageError("a.jpg", "not an image", "Remove it.", { kind: "not an image", data: {} }),
    ),
    "a.jpg: not an image. Remove it. To let more pass, raise data.maxCorruptShare.",
  ],
  [
    "INVALID_DATA",
    messages.imageUnreadable("s.tar:cat/1.jpg", "no such file", undefined),
    "s.tar:cat/1.jpg cannot be read: no such file.",
  ],
  [
    "INVALID_DATA",
    messages.dataUnreadable("train.txt", denied),
    "train.txt cannot be read: EACCES: permission denied.",
  ],
  [
    "INVALID_DATA",
    messages.wrongLines("train.txt", [
      { line: 3, text: "a.jpg", repeats: 1 },
      { line: 4, text: "notes.md" },
    ]),
    "train.txt: line 3 (a.jpg) repeats line 1; line 4 (notes.md) is not an image.",
  ],
  [
    "INVALID_DATA",
    messages.wrongLines(
      "train.txt",
      [1, 2, 3, 4, 5, 6, 7].map((line) => ({ line, text: "x" })),
    ),
    "train.txt: line 1 (x) is not an image; line 2 (x) is not an image; line 3 (x) is not an image; " +
      "line 4 (x) is not an image; line 5 (x) is not an image; and 2 more.",
  ],
  [
    "INVALID_DATA",
    messages.listEmpty("train.txt", extensions),
    "train.txt lists no images (.jpg, .png). Write one path on each line.",
  ],
  [
    "INVALID_DATA",
    messages.listWithoutClasses("train.tsv"),
    "train.tsv names no class. Write the classes of an image behind its path, with tabs between.",
  ],
  [
    "INVALID_DATA",
    messages.vocSplitMissing("voc/ImageSets/Main", ["test", "val"]),
    "voc/ImageSets/Main has neither test.txt or <class>_test.txt nor val.txt or <class>_val.txt.",
  ],
  [
    "INVALID_DATA",
    messages.vocFilesWrong("voc", ["a:1: x", "a:2", "a:3", "a:4", "a:5", "a:6"], "an image's name"),
    "voc: a:1: x; a:2; a:3; a:4; a:5; and 1 more must hold an image's name.",
  ],
  [
    "INVALID_DATA",
    messages.dataUnreadable("a.tar", messages.notAPlainFile()),
    "a.tar cannot be read: it is no file, but a folder, a pipe or a device.",
  ],
]);

eachIsHere(messages, import.meta.url);
