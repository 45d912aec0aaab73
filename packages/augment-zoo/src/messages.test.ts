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
    messages.notAnImage("page.jpg", Buffer.from("<!DOCTYPE html>")),
    "page.jpg: not an image (15 bytes, beginning 3c 21 44 4f 43 54 59 50). " +
      "Use a JPEG, PNG, WebP, TIFF, AVIF or GIF file.",
  ],
  [
    messages.fatalImage("a.jpg", "the thread ended with code 3", 3),
    "a.jpg: it ended a thread 3 times (the thread ended with code 3). Remove it.",
  ],
  [
    messages.fatalImage("a.jpg", "Unable to grow instance memory", 3),
    "a.jpg: memory is too short for it 3 times (Unable to grow instance memory). Use fewer workers, or " +
      "remove it.",
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
  [messages.emptyFiles(), "files must name at least one image, got an empty list."],
  [messages.emptyViews(), "views must name at least one recipe, got none."],
  [messages.fileEndsEarly("https://x/a.tar", 100), "https://x/a.tar ends before byte 100."],
  [messages.indexOutOfRange(13, 13), "load: indices must be whole numbers in 0 .. 12, got 13."],
  [messages.invalidCacheMegabytes(-1), "cacheMegabytes must be a number >= 0, got -1."],
  [messages.invalidCount("workers", 1.5), "workers must be a whole number >= 1, got 1.5."],
  [messages.invalidMaxCorruptShare(1), "maxCorruptShare must be a number >= 0 and < 1, got 1."],
  [messages.invalidRange([9, 9]), "range must be [low, high] with low < high, got [9,9]."],
  [messages.kernelsMissing("kernels.wasm"), "kernels.wasm does not exist. Build it first: npm run build"],
  [
    new Error(messages.fewDecoders({ workers: 8, threads: 4, enough: 20 })),
    "8 workers decode 4 images at a time, because Node's pool has 4 threads. " +
      "Start the program with UV_THREADPOOL_SIZE=20 in its environment.",
  ],
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
    messages.serverUnreadable("https://u:p@x/a.tar?sig=s3cret", "https://y/?sig=s3cret is gone", cause),
    "https://…@x/a.tar?sig=… cannot be read: https://y/?sig=… is gone.",
  ],
  [
    messages.wrongHeaders("line 2"),
    'TSSL_HTTP_HEADERS: line 2 is wrong. Each line must be "Name: value" or "example.org Name: value"; ' +
      'in JSON: {"example.org": {"Name": "value"}}.',
  ],
  [
    messages.wrongHeader("HF_TOKEN", "Authorization"),
    'HF_TOKEN: the header "Authorization" cannot be sent: its name or its value has characters that HTTP ' +
      "does not allow.",
  ],
  [
    messages.threadsFailed(["a.jpg", "b.jpg"], cause),
    "Worker threads failed at 2 files in a row, so the fault is not theirs: a.jpg, b.jpg (out of memory). " +
      "Memory is short: use fewer workers.",
  ],
  [
    messages.threadsFailed(["a.jpg", "b.jpg"], new Error("exit code 3")),
    "Worker threads failed at 2 files in a row, so the fault is not theirs: a.jpg, b.jpg (exit code 3).",
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
  [
    messages.jigsawNotSquare([64, 32]),
    "The jigsaw is a grid of 3 x 3 squares: the size of its views must be one number, got [64,32].",
  ],
  [messages.notAList("recipe", "x"), 'recipe must be a list of operations, got "x".'],
  [
    messages.notAnOperation("recipe[0]", 7),
    'recipe[0] must be an operation such as { "op": "grayscale", "p": 0.2 }, got 7.',
  ],
  [messages.parametersNotAnObject("invert", []), "The parameters of invert must be an object, got []."],
  [
    messages.patchesOutside("recipe[1]", { width: 96, height: 96 }, 100, 64),
    "recipe[1] (patches) must fit into the 96 x 96 pixels of the image before it, got 100 x 64: " +
      "(columns - 1) * stride + jitter + size wide, (rows - 1) * stride + jitter + size high.",
  ],
  [
    messages.patchesOfAnySize("recipe[0]"),
    "recipe[0] (patches) must come after an operation that gives an image of a fixed size. " +
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
  [
    messages.otherBands("a.tif", 13, 4),
    "a.tif: 13 channels, where data.channels says 4. Set channels to what the images have, or remove it.",
  ],
  [
    messages.bandsNotFinite("a.npy"),
    "a.npy: it has values that are NaN or infinite. Fill them before, or remove it.",
  ],
  [
    messages.bandsOutOfRange("a.npy", -1, 2.5),
    "a.npy: values from -1 to 2.5, and no range that says which of them are 0 and 1. Set range to [low, " +
      "high] of the images.",
  ],
  [
    messages.bandsNeeded("a.npy"),
    "a.npy: an array of NumPy, which is read as float32 alone. Set depth to 32.",
  ],
  [
    messages.npyUnusable("a.npy", "the shape [4]"),
    "a.npy: an array of NumPy with the shape [4]. Save it as [height, width] or [height, width, channels] " +
      "of uint8, uint16, int16 or float32.",
  ],
  [
    messages.tiffUnusable("a.tif", "a palette"),
    "a.tif: a TIFF with a palette, which is not read as float32. Save it with 8 or 16 bits or float32, " +
      "uncompressed, LZW or Deflate.",
  ],
  [messages.notForBands("views.a", "grayscale needs colours."), "views.a: grayscale needs colours."],
  [messages.invalidChannels(17), "channels must be a whole number in 1 .. 16, got 17."],
  [
    messages.bytesNeedColours(4),
    "depth must be 32 where channels is neither 1 nor 3, got 8 with channels 4.",
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
