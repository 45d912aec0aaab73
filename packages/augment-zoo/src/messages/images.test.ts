import * as messages from "./images.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

const cause = new Error("out of memory");
const part = { path: "a.tar", size: 20, offset: 100 };

errors([
  [
    messages.corruptImage("a.jpg", "premature end", 200, cause),
    "a.jpg: corrupt or truncated (premature end; 200 bytes). Remove it or fetch it again.",
  ],
  [messages.emptyFile("a.jpg"), "a.jpg: the file is empty (0 bytes). Remove it or fetch it again."],
  [
    messages.notAnImage("page.jpg", Buffer.from("<!DOCTYPE html>")),
    "page.jpg: not an image (15 bytes, beginning 3c 21 44 4f 43 54 59 50). " +
      "Use a JPEG, PNG, WebP, TIFF, AVIF or GIF file.",
  ],
  [
    messages.formatNotDecoded("a.jpg", "HEIC"),
    "a.jpg: a HEIC image, which cannot be decoded here. Convert it to JPEG or PNG.",
  ],
  [
    messages.formatNotDecoded("a.jpg", "SVG"),
    "a.jpg: an SVG image, which cannot be decoded here. Convert it to JPEG or PNG.",
  ],
  [
    messages.formatNotDecoded("a.jpg", "Olympus raw"),
    "a.jpg: an Olympus raw image, which cannot be decoded here. Convert it to JPEG or PNG.",
  ],
  [
    messages.tooManyPixels("a.png", 2 ** 27, 500, cause),
    "a.png: more than 128 million pixels (500 bytes). Scale it down, or remove it.",
  ],
  [
    messages.tooManyCorrupt(
      { file: "c.jpg", found: "empty", advice: "Remove it.", kind: "empty" },
      2,
      ["a", "b"],
      ["a"],
      200,
    ),
    "c.jpg: empty. Remove it. 2 of 200 files were corrupt before it, such as a. maxCorruptShare allows 2 " +
      "of 200.",
  ],
  [
    messages.tooManyCorrupt(
      { file: "c.jpg", found: "empty", advice: "Remove it.", kind: "empty" },
      0,
      [],
      [],
      100,
    ),
    "c.jpg: empty. Remove it. maxCorruptShare allows no corrupt file.",
  ],
  [
    messages.truncatedPart("a.tar:1.png", part, 7),
    "a.tar:1.png: truncated: a.tar has 7 of its 20 bytes from byte 100 on. Fetch a.tar again.",
  ],
  [
    messages.truncatedPart("a.tar:1.png", part, undefined),
    "a.tar:1.png: truncated: a.tar ends before its 20 bytes from byte 100 on. Fetch a.tar again.",
  ],
  [
    messages.fileTooLarge("a.jpg", 2 ** 30, 2 ** 29),
    "a.jpg: 1073741824 bytes, more than 512 MiB. Scale it down, or remove it.",
  ],
  [
    messages.unreadableFile("a.jpg", "no such file", cause),
    "a.jpg: no such file. Check the path and its permissions.",
  ],
  [
    messages.viewTooLarge({ width: 15_360_000, height: 256 }, 2 ** 27),
    "(image): too narrow: a view of it would first be scaled to 15360000 x 256 pixels, more than 128 " +
      "million. Cut it into pieces, or remove it.",
  ],
]);

eachIsHere(messages, import.meta.url);
