import { expect, it } from "vitest";

import * as messages from "./messages.ts";

const cause = new Error("out of memory");
const part = { path: "a.tar", size: 20, offset: 100 };

it.each<[error: Error, sentence: string]>([
  [
    messages.corruptImage("a.jpg", "premature end", 200, cause),
    "a.jpg: corrupt or truncated (premature end; 200 bytes). Remove it or fetch it again.",
  ],
  [messages.emptyFile("a.jpg"), "a.jpg: the file is empty (0 bytes). Remove it or fetch it again."],
  [
    messages.notAnImage("page.jpg", Buffer.from("<!DOCTYPE html>"), cause),
    "page.jpg: not an image (15 bytes, beginning 3c 21 44 4f 43 54 59 50). Use a JPEG, PNG, WebP, GIF, TIFF or AVIF file.",
  ],
  [
    messages.tooManyPixels("a.png", 2 ** 27, 500, cause),
    "a.png: more than 128 million pixels (500 bytes). Scale it down, or remove it.",
  ],
  [
    messages.tooManyCorrupt(
      { file: "c.jpg", found: "empty", advice: "Remove it." },
      { others: ["a", "b"], named: ["a"], files: 100, allowed: 2 },
    ),
    "c.jpg: empty. Remove it. 2 of 100 files were corrupt before it, such as a. maxCorruptShare allows 2 of 100.",
  ],
  [
    messages.tooManyCorrupt(
      { file: "c.jpg", found: "empty", advice: "Remove it." },
      { others: [], named: [], files: 100, allowed: 0 },
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
    messages.unreadableFile("a.jpg", "no such file", cause),
    "a.jpg: no such file. Check the path and its permissions.",
  ],
  [messages.emptyFiles(), "files must name at least one image, got an empty list."],
  [messages.emptyViews(), "views must name at least one recipe, got none."],
  [messages.fileEndsEarly("https://x/a.tar", 100), "https://x/a.tar ends before byte 100."],
  [messages.indexOutOfRange(13, 13), "load: indices must be whole numbers in 0 .. 12, got 13."],
  [messages.invalidCacheMegabytes(-1), "cacheMegabytes must be a number >= 0, got -1."],
  [messages.invalidCount("workers", 1.5), "workers must be a whole number >= 1, got 1.5."],
  [messages.invalidMaxCorruptShare(1), "maxCorruptShare must be a number >= 0 and < 1, got 1."],
  [messages.kernelsMissing("kernels.wasm"), "kernels.wasm does not exist. Build it first: npm run build"],
  [messages.loaderClosed(), "The loader is closed."],
  [
    messages.noThreadsLeft(cause),
    "The loader has no worker threads left (out of memory). Close it and create another one.",
  ],
  [
    messages.serverUnreadable("https://x/a.tar", "the server answered 404", cause),
    "https://x/a.tar cannot be read: the server answered 404.",
  ],
  [
    messages.threadsFailed(3, cause),
    "Worker threads failed 3 times on the same images (out of memory). If memory is short, use fewer " +
      "workers.",
  ],
  [messages.wrongBatch(17, 16), "load: indices must hold 1 .. 16 (batchSize) images, got 17."],
  [
    messages.workerMissing("worker.js"),
    "worker.js does not exist. Build it first: npx tsc -b packages/augment-zoo",
  ],
  [
    messages.boxOutside({ left: 5, top: 0, width: 16, height: 10 }, { width: 20, height: 10 }),
    "The box of resizedCrop must lie inside the image of 20 x 10 pixels, got 16 x 10 at (5, 0).",
  ],
  [messages.cropMissing(["resize"]), "withSize needs a recipe with a randomResizedCrop, got [resize]."],
  [messages.notAList("recipe", "x"), 'recipe must be a list of operations, got "x".'],
  [
    messages.notAnOperation("recipe[0]", 7),
    'recipe[0] must be an operation such as { "op": "grayscale", "p": 0.2 }, got 7.',
  ],
  [messages.parametersNotAnObject("invert", []), "The parameters of invert must be an object, got []."],
  [
    messages.patchesOutside("recipe[1]", 96, 100, 64),
    "recipe[1] (patches) must fit into the 96 x 96 pixels of the image before it, got 100 x 64: " +
      "(columns - 1) * stride + jitter + size wide, (rows - 1) * stride + jitter + size high.",
  ],
  [
    messages.patchesOfAnySize("recipe[0]"),
    "recipe[0] (patches) must come after an operation that gives a square of a fixed size. " +
      "Add a randomResizedCrop or a centerCrop.",
  ],
  [
    messages.patchesTwice("recipe[2]", "recipe[1]"),
    "recipe[2] (patches) must be the only patches operation, got another one at recipe[1].",
  ],
  [
    messages.sizeNotFixed(["resize"]),
    "The output size of the recipe [resize] depends on the image. Add a randomResizedCrop or a centerCrop.",
  ],
  [
    messages.unknownOperation("recipe[0].op", "blur", ["grayscale", "hue"]),
    'recipe[0].op: unknown operation "blur". Known: grayscale, hue.',
  ],
  [
    messages.unknownOperationName("ShearX", ["shearX", "shearY"]),
    'Unknown operation "ShearX". Did you mean "shearX"?',
  ],
  [
    messages.unknownOperationName("blur", ["shearX", "shearY"]),
    'Unknown operation "blur". Known: shearX, shearY.',
  ],
  [
    messages.unknownParameter("params.factor", "invert", []),
    "params.factor: invert has no such parameter. Known: none.",
  ],
  [
    messages.wrongParameter("recipe[0].p", "grayscale", "a number in 0 .. 1", undefined),
    "recipe[0].p (grayscale) must be a number in 0 .. 1, got nothing.",
  ],
  [messages.malformedParameters("factor=1"), `--params must be JSON such as '{"factor": 1.2}', got factor=1`],
  [messages.outputNotWritable("out.xyz", cause), "Cannot write out.xyz: out of memory"],
  [messages.wrongUsage("augment-zoo …"), "Usage: augment-zoo …"],
  [
    messages.wrongUsage("augment-zoo …", "Unknown option '--x'."),
    "Unknown option '--x'. Usage: augment-zoo …",
  ],
])("%s", (error, sentence) => {
  expect(error.message).toBe(sentence);
});
