import { readFile } from "node:fs/promises";

import { ImageError } from "@tssl/augment-zoo";
import { expect, it } from "vitest";

import type { TsslError, TsslErrorCode } from "./errors.ts";
import * as messages from "./messages.ts";

const missing = Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });
/** What this Node says of a text that is no JSON. */
function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });

const layer = { encoder: "mine", layer: "drop", className: "Dropout" };
const OTHERS = [{ reason: "other", extension: ".txt", count: 2, examples: ["a.txt", "b.txt"] }] as const;
const EMPTY = { reason: "empty", extension: ".jpg", count: 1, examples: ["cat/a.jpg"] } as const;
const PICTURES = [
  { reason: "format", extension: ".bmp", count: 8, examples: ["a.bmp"] },
  { reason: "format", extension: ".ppm", count: 8, examples: ["a.ppm"] },
] as const;
const extensions = [".jpg", ".png"];
const pair = { name: "cat/0000.jpg", other: "cat/t_0000.jpg" };

const errors: readonly (readonly [TsslErrorCode, TsslError, string])[] = [
  [
    "INVALID_CONFIG",
    messages.configNotParsed(),
    "runTraining: config must be what parseConfig returns, with defaults and checked: " +
      'runTraining({ config: parseConfig({ … }, { plugins, encoders, optimizers }, "my program"), … }).',
  ],
  [
    "INVALID_CONFIG",
    messages.encoderShapes("mine", [[null, 12]], [[null, 2], [null, 3]]), // prettier-ignore
    'encoder "mine": the model must go from one [null, height, width, 3] to one [null, D] or ' +
      "[null, height, width, D], found [null, 12] to [null, 2] and [null, 3].",
  ],
  [
    "INVALID_CONFIG",
    messages.viewOfOtherSize("mine", [8, 8], [6, 6]),
    'encoder "mine": the model takes images of 8 x 8 pixels, but a view has 6 x 6. ' +
      "Give the model inputShape [null, null, 3], or make all views one size.",
  ],
  [
    "INVALID_CONFIG",
    messages.randomLayer(layer),
    'encoder "mine": layer "drop" (Dropout) draws random numbers in each step, which the run\'s seed does ' +
      "not " +
      "fix. Set its rate to 0, or end the encoder before it: " +
      'tf.model({ inputs: model.inputs, outputs: model.getLayer("…").output }).',
  ],
  [
    "INVALID_CONFIG",
    messages.statisticsOfOneReplica(layer),
    'encoder "mine": layer "drop" (Dropout) normalizes by the images of one replica alone, so the running ' +
      "statistics of several replicas would drift apart. Set engine.replicas to 1, or build the encoder of " +
      "@tssl/core's batchNorm.",
  ],
  [
    "INVALID_CONFIG",
    messages.layerOptionIgnored(layer, "kernelRegularizer"),
    'encoder "mine": layer "drop" (Dropout) has a kernelRegularizer, which training does not apply. ' +
      "Remove it; the optimizer's weightDecay does the same for all weights.",
  ],
  [
    "INVALID_CONFIG",
    messages.layerOptionIgnored(layer, "kernelConstraint"),
    'encoder "mine": layer "drop" (Dropout) has a kernelConstraint, which training does not apply. Remove ' +
      "it.",
  ],
  ["INVALID_OPTION", messages.accumulateDoesNotDivide(4, 3), "accumulate must divide batchSize (4), got 3."],
  [
    "INVALID_OPTION",
    messages.replicasDoNotDivide(32, 3),
    "engine.replicas must divide 32, the images of one forward pass (batchSize / accumulate), got 3.",
  ],
  [
    "INVALID_OPTION",
    messages.replicasOfTensorflow(2),
    "engine.replicas 2 needs the plugin of a device (engine.backend pjrt), and TensorFlow computes this " +
      'run. Run "npx tssl-engine-setup --gpu", or leave engine.replicas at 1.',
  ],
  [
    "INVALID_OPTION",
    messages.groupsOverReplicas("moco", 2, 4),
    "plugins.moco.batchNormGroups must be 1 or a multiple of the 4 replicas, got 2.",
  ],
  [
    "INVALID_OPTION",
    messages.batchLargerThanSet(48, 64),
    "batchSize must be at most the 48 training images, got 64.",
  ],
  [
    "INVALID_OPTION",
    messages.stateTooLarge("moco.keys.rows", [16777216, 65536], 2 ** 43, 2 ** 34),
    "plugins.moco: its state moco.keys.rows of 16,777,216 x 65,536 numbers brings the run to 8.00 TiB, and " +
      "the machine has 16.0 GiB. Set smaller sizes there, or a smaller encoder.",
  ],
  [
    "INVALID_OPTION",
    messages.headsDoNotDivide("vit-tiny", 192, 5),
    "encoder.heads must divide 192, the length of a token of vit-tiny, got 5.",
  ],
  [
    "INVALID_OPTION",
    messages.patchesDoNotFit([32, 48], 5),
    "encoder.patchSize must divide imageSize (32 x 48 pixels), got 5.",
  ],
  [
    "INVALID_OPTION",
    messages.viewNotForChannels("query", ["grayscale needs colours."], true),
    'The view "query" cannot be made of these images: grayscale needs colours. data.withoutColour: true ' +
      "leaves out what needs colours.",
  ],
  [
    "INVALID_OPTION",
    messages.viewTooSmall("convnext-tiny", [16, 24], 32),
    "convnext-tiny takes images of at least 32 x 32 pixels, and a view has 16 x 24. Set a larger imageSize, " +
      "or larger views or patches of the plugin.",
  ],
  [
    "INVALID_OPTION",
    messages.encoderNeedsColours("mine", 4),
    "encoder.use: mine is made for red, green and blue, and data.channels is 4. Choose a ResNet, or give " +
      "your encoder `anyChannels: true` and make its first layer by the channels that `build` is told.",
  ],
  [
    "INVALID_OPTION",
    messages.viewsTooLarge(2 ** 43, 2 ** 34),
    "batchSize: the views of the batches that are made ahead take 8.00 TiB, and the machine has 16.0 GiB. " +
      "Set a smaller batchSize or imageSize, or split the batch with accumulate.",
  ],
  [
    "INVALID_OPTION",
    messages.moreThreadsThanCores("data.workers", 1000, 64, 2),
    "data.workers must be at most 64 on this machine, which has 2 cores, got 1000.",
  ],
  [
    "INVALID_OPTION",
    messages.heldOutWithoutLabels(),
    "checkpoint.best must be knn or rank where there are no labelled images to hold some out of, got " +
      "held-out. Set evaluation.test, or rank, which needs no labels.",
  ],
  [
    "INVALID_OPTION",
    messages.modeOfTensorflow("graph"),
    "engine.mode graph is TensorFlow's, and engine.backend is pjrt. Leave engine.mode out, or set " +
      "engine.backend to tensorflow.",
  ],
  [
    "TRAINING_FAILED",
    messages.svmNotSolved(0.5),
    "The linear SVM with C 0.5 does not come near its optimum: the features are too large. " +
      "Check that the encoder was trained.",
  ],
  [
    "TRAINING_FAILED",
    messages.everyRateDiverges([10, 30], Math.log(10)),
    "The linear probe's loss ends above that of guessing (2.30) with every learning rate of 10, 30. Try " +
      "smaller ones.",
  ],
  [
    "NOT_FINITE",
    messages.featuresNotFinite("test", 12, 1000),
    "The encoder's features of 12 of the 1,000 test images are NaN or infinite, so that they say nothing. " +
      "Choose another checkpoint with --checkpoint.",
  ],
  [
    "CHECKPOINT",
    messages.encoderNotFinite("runs/a: step-0000012", [
      { name: "moco.online.encoder.conv1.weight", nan: 9, infinite: 0, of: 432 },
    ]),
    "runs/a: step-0000012 holds an encoder whose numbers are not finite: moco.online.encoder.conv1.weight " +
      "has 9 NaN of 432. Choose another with --checkpoint, or train again.",
  ],
  [
    "CHECKPOINT",
    messages.encoderNotFinite("runs/a: step-0000012", [
      { name: "a", nan: 0, infinite: 1, of: 2 },
      { name: "b", nan: 1, infinite: 0, of: 2 },
    ]),
    "runs/a: step-0000012 holds an encoder whose numbers are not finite: a has 1 infinite of 2, and 1 " +
      "more. Choose another with --checkpoint, or train again.",
  ],
  [
    "INVALID_OPTION",
    messages.representationUnknown("runs/a", "whole"),
    'The run in runs/a is evaluated by the representation of its plugin "whole". Pass that plugin and the ' +
      "run's optimizer in the registry too.",
  ],
  [
    "INVALID_OPTION",
    messages.imagesWithoutLabels("evaluation.train", "/flat"),
    "evaluation.train must name labelled images, in class folders or in shards. " +
      "The images of /flat have no labels.",
  ],
  [
    "INVALID_OPTION",
    messages.unknownClasses(
      { option: "data.test", classes: ["fox", "wolf"] },
      { option: "data.train", classes: ["cat", "dog"] },
    ),
    "data.test has images of classes that data.train does not have: fox, wolf. " +
      "The classes of data.train are cat, dog.",
  ],
  [
    "INVALID_OPTION",
    messages.unknownClasses(
      { option: "--test", classes: ["11"] },
      { option: "--train", classes: Array.from({ length: 11 }, (_, i) => String(i)) },
    ),
    "--test has images of a class that --train does not have: 11. " +
      "The classes of --train are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … (11).",
  ],
  [
    "INVALID_OPTION",
    messages.representationNotTrained(),
    "A run that is evaluated by the representation of a plugin cannot be fine-tuned: only its encoder " +
      "could be, and that is another network.",
  ],
  [
    "TRAINING_FAILED",
    messages.fineTuneNotFinite(0.01, 5),
    "The loss of fine-tuning is not a number with learning rates 0.01 and 5. Try smaller ones: --lr-trunk, " +
      "--lr-head, and --lr-scratch from scratch.",
  ],
  [
    "INVALID_OPTION",
    messages.tooFewForSvm(
      [
        { name: "cat", kind: "with", found: 1, needed: 3 },
        { name: "dog", kind: "without", found: 0, needed: 3 },
      ],
      true,
    ),
    "--train has too few images for this protocol: 1 of 3 images with cat, 0 of 3 images without dog; no " +
      "image of --test has a class. Add images, or take fewer --shots or --protocol pcl.",
  ],
  ["INVALID_OPTION", messages.tooFewForSvm([], true), "no image of --test has a class."],
  [
    "INVALID_PLUGIN",
    messages.otherContract("old", 1, 2),
    "[old] was written for contract 1, and this version of tssl has contract 2. Update the plugin.",
  ],
  [
    "INVALID_PLUGIN",
    messages.listedTwice("moco"),
    'plugins: "moco" is listed more than once. Keep one of them.',
  ],
  [
    "INVALID_PLUGIN",
    messages.publishedTwice(["moco", "byol"], "embeddingSpace"),
    'plugins: "moco" and "byol" both publish "embeddingSpace". Keep one of them.',
  ],
  [
    "INVALID_PLUGIN",
    messages.nothingPublishes("clsa", "embeddingSpace", []),
    'plugins: "clsa" needs a plugin that publishes "embeddingSpace", and none of these does. ' +
      "Add a method such as moco.",
  ],
  [
    "INVALID_PLUGIN",
    messages.nothingPublishes("clsa", "embeddingSpace", ["cpc"]),
    'plugins: "clsa" needs a plugin that publishes "embeddingSpace", and cpc does not. ' +
      'Use a method that does, such as moco, or leave "clsa" out.',
  ],
  [
    "INVALID_PLUGIN",
    messages.nothingPublishes("clsa", "embeddingSpace", ["cpc", "probe"]),
    'plugins: "clsa" needs a plugin that publishes "embeddingSpace", and cpc and probe do not. ' +
      'Use a method that does, such as moco, or leave "clsa" out.',
  ],
  [
    "INVALID_PLUGIN",
    messages.requiredInACircle(["one", "other"]),
    "plugins: one, other require each other in a circle.",
  ],
  [
    "INVALID_PLUGIN",
    messages.viewsDiffer("other", "one", "query"),
    '[other] asks for a view "query" that differs from the view "query" of [one]. ' +
      "Plugins share views of one name: give this one another name.",
  ],
  [
    "INVALID_PLUGIN",
    messages.noViews(),
    "plugins: none of them asks for a view, so there is nothing to train on. Add a method such as moco.",
  ],
  [
    "INVALID_PLUGIN",
    messages.notOneEncoder([]),
    "plugins: exactly one must train an encoder, and none does. Add a method such as moco.",
  ],
  [
    "INVALID_PLUGIN",
    messages.notOneEncoder(["moco", "byol"]),
    "plugins: exactly one must train an encoder, and moco and byol do. Keep one of them.",
  ],
  [
    "INVALID_PLUGIN",
    messages.hookFailed("spread", "step", new Error("x is not a function")),
    "[spread] step failed: x is not a function",
  ],
  [
    "INVALID_PLUGIN",
    messages.hookFailed("spread", "after", new Error("Tensor is disposed."), { readsFreed: true }),
    "[spread] after failed: Tensor is disposed. A tensor of `step` that `after` reads must pass through " +
      "`keep`.",
  ],
  [
    "INVALID_PLUGIN",
    messages.hookFailed("spread", "step", messages.noSuchView("views", "secnd", ["first", "second"]), {
      place: "spread.ts:31:32",
    }),
    '[spread] step failed: there is no view "secnd"; views has first, second. Did you mean "second"? ' +
      "(at spread.ts:31:32)",
  ],
  [
    "INVALID_PLUGIN",
    messages.hookFailed("spread", "step", messages.noSuchView("patches", "key", [])),
    '[spread] step failed: there is no view "key"; patches is empty.',
  ],
  [
    "INVALID_PLUGIN",
    messages.notAnObjectWith("spread", "what setup returns", "step(context) { … }", { stepp: 1 }),
    "[spread] what setup returns must be an object with step(context) { … }, got { stepp }.",
  ],
  [
    "INVALID_PLUGIN",
    messages.notAnObjectWith("spread", 'the term "off" of step', "loss, weight, chance", 3),
    '[spread] the term "off" of step must be an object with loss, weight, chance, got 3.',
  ],
  [
    "INVALID_PLUGIN",
    messages.unknownKey("spread", "what step returns", "term", ["terms", "metrics"]),
    '[spread] what step returns has an unknown "term". Did you mean "terms"? Known: terms, metrics.',
  ],
  [
    "INVALID_PLUGIN",
    messages.notAScalar("spread", 'the loss of the term "off"', [8, 8]),
    '[spread] step: the loss of the term "off" must be a scalar, got a tensor of shape [8, 8]. ' +
      "Take its mean or its sum.",
  ],
  [
    "INVALID_PLUGIN",
    messages.notAScalar("spread", 'the metric "rank"', 3),
    '[spread] step: the metric "rank" must be a tensor without dimensions, got 3.',
  ],
  [
    "INVALID_PLUGIN",
    messages.notOwnNetwork("spread"),
    "[spread] emaOf needs a network that this plugin made with build.network.",
  ],
  [
    "INVALID_PLUGIN",
    messages.parameterMissing("target", "online", "conv.weight"),
    'target has no parameter "conv.weight" to follow online: the encoder must give its parameters the same ' +
      "names each time it is built.",
  ],
  ["INVALID_PLUGIN", messages.stateExists("a"), 'State "a" exists already. Choose another name.'],
  ["INVALID_PLUGIN", messages.stateMissing("b"), 'There is no state "b".'],
  [
    "INVALID_PLUGIN",
    messages.inputMissing("other.share"),
    'The run has no input "other.share". Make it with build.input, in setup.',
  ],
  [
    "INVALID_PLUGIN",
    messages.embeddingsDisagree({ first: [4, 8], second: [4, 3] }),
    "The published embeddings must be those of two or more views, all of one shape [B, D], got first [4, " +
      "8], second [4, 3].",
  ],
  [
    "INVALID_PLUGIN",
    messages.notPublished("embeddingSpace"),
    '"embeddingSpace" was not published in this step. List it in `requires`: its publisher then runs first.',
  ],
  [
    "INVALID_PLUGIN",
    messages.variableNotInState(),
    "The variable is not part of the run's state. Make it with build.",
  ],
  [
    "INVALID_PLUGIN",
    messages.stateOfAnotherPlugin("term", "moco.queue"),
    '"moco.queue" belongs to another plugin. A plugin may write its own state alone.',
  ],
  [
    "INVALID_PLUGIN",
    messages.nothingToFreeze("toy.prototypes", ["toy.network.w", "toy.network.b"]),
    'phase: the run has no trained parameter "toy.prototypes" to freeze. It has toy.network.w, ' +
      "toy.network.b.",
  ],
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
    messages.notAShard("https://x.org/a.zip"),
    "https://x.org/a.zip must be a .tar file: only tar shards are read from servers.",
  ],
  [
    "INVALID_DATA",
    messages.wrongRange("t-{3..1}.tar", "{3..1}", 100_000),
    "t-{3..1}.tar: {3..1} must count upwards, and to at most 100,000 shards.",
  ],
  [
    "INVALID_DATA",
    messages.unknownScheme("s3://bucket/a.tar", "s3"),
    "s3://bucket/a.tar: images are read from paths, http:// and https://, not from s3:. Write an https:// " +
      "address that the storage signs, or copy the shards to this machine (aws s3 sync).",
  ],
  [
    "INVALID_DATA",
    messages.unknownScheme("abfs://a/b.tar", "abfs"),
    "abfs://a/b.tar: images are read from paths, http:// and https://, not from abfs:. " +
      "Copy the shards to this machine.",
  ],
  [
    "INVALID_DATA",
    messages.addressWithPassword("https://u:s3cret@x.org/a.tar"),
    "https://…@x.org/a.tar holds a password, which would be shown and kept. Give it in the environment " +
      'instead: TSSL_HTTP_HEADERS="HOST Authorization: Basic …".',
  ],
  [
    "INVALID_DATA",
    messages.addressWithoutSecrets("https://x.org/a.tar?token=…"),
    "https://x.org/a.tar?token=… is an address whose secrets were not kept. Give it whole: " +
      "--set data.train=…, --set data.test=…, or in the config.",
  ],
  [
    "INVALID_DATA",
    messages.tooManyShards("{0..9999}{0..9999}.tar", 1_000_000),
    "{0..9999}{0..9999}.tar stands for more than 1,000,000 shards.",
  ],
  [
    "INVALID_DATA",
    messages.nestedBraces("{a,b{1,2}}.tar"),
    "{a,b{1,2}}.tar: braces within braces are not read. Write one pair after another.",
  ],
  ["INVALID_DATA", messages.noMatch("t-*.tar"), "No .tar file matches t-*.tar."],
  [
    "INVALID_DATA",
    messages.tooManyImages("t-{0..9}.tar", 16_000_000),
    "t-{0..9}.tar holds more than 16,000,000 images. Name fewer shards.",
  ],
  [
    "INVALID_DATA",
    messages.dataUnreadable("a.tar", messages.notAPlainFile()),
    "a.tar cannot be read: it is no file, but a folder, a pipe or a device.",
  ],
  [
    "INVALID_DATA",
    messages.classesUnusable("classes.json", messages.fileTooLong(2 ** 30, 2 ** 24)),
    "classes.json cannot be used: it has 1.00 GiB, and at most 16.0 MiB are read.",
  ],
  [
    "INVALID_DATA",
    messages.starInAddress("https://x.org/*.tar"),
    "https://x.org/*.tar: * needs a list of files, which servers do not give. " +
      "Write {000..007} or {000,003}.",
  ],
  [
    "INVALID_DATA",
    messages.notAnArchive("a.tar", 512, "no header"),
    "a.tar is not a valid tar archive: there is no tar header at byte 512. Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.notAnArchive("a.tar", 512, "damaged header"),
    "a.tar is not a valid tar archive: the header at byte 512 is damaged. Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.notAnArchive("a.tar", 512, "long header"),
    "a.tar is not a valid tar archive: the header at byte 512 has more than a MiB. " +
      "Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.compressedArchive("a.tar", 0, { format: "gzip", mark: "1f 8b", remedy: "decompress it" }),
    "a.tar is not a tar archive: byte 0 has gzip's mark 1f 8b: decompress it.",
  ],
  [
    "INVALID_DATA",
    messages.compressedName("a.tar.gz"),
    "a.tar.gz is compressed, as its name says, and images are read from plain .tar files: decompress it.",
  ],
  [
    "INVALID_DATA",
    messages.notAnArchive("a.tar", 2048, "zeros"),
    "a.tar is not a valid tar archive: there is more than a MiB of zeros up to byte 2048. " +
      "Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.archiveTruncated("a.tar", 3000, { name: "b.jpg", offset: 512, size: 4000 }),
    "a.tar is truncated: it ends at byte 3000, within b.jpg, which has 4000 bytes from byte 512 on. " +
      "Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.archiveTruncated("a.tar", 3000),
    "a.tar is truncated: it ends at byte 3000, within a header. Copy it again, or make it again.",
  ],
  [
    "INVALID_DATA",
    messages.notAClass("s.tar", "1.cls", "-1"),
    "s.tar:1.cls must say a class: a whole number from 0 on, or a name on one line of at most " +
      '100 characters. It says "-1".',
  ],
  [
    "INVALID_DATA",
    messages.twoLabels("s.tar", "1.cls", "1.cls.txt"),
    "s.tar has two labels for one image: 1.cls and 1.cls.txt. Remove one of them.",
  ],
  [
    "INVALID_DATA",
    messages.labelsDisagree("s.tar", { name: "1.cls", value: 3 }, { name: "1.json", value: 4 }),
    "s.tar has two labels for one image that differ: 1.cls says 3, 1.json says 4. " +
      "Correct or remove one of them.",
  ],
  [
    "INVALID_DATA",
    messages.twoImages("s.tar", "1.left.jpg", "1.right.jpg"),
    "s.tar has two images for one sample: 1.left.jpg and 1.right.jpg. A sample has one image: " +
      "remove one of them, or give each a name and a label of its own.",
  ],
  [
    "INVALID_DATA",
    messages.arraysBesideImages("a.tar", "b.tar"),
    "a.tar holds arrays of NumPy (.npy) and no images, and b.tar holds images. Arrays are images where no " +
      "shard holds others: name the shards of one kind alone.",
  ],
  [
    "INVALID_DATA",
    messages.memberNotAFile("s.tar", "1.jpg", "SymbolicLink"),
    "s.tar:1.jpg must be a file, but it is a SymbolicLink. " +
      "Make the shard with tar --dereference --hard-dereference.",
  ],
  [
    "INVALID_DATA",
    messages.memberTooLarge("s.tar", "1.jpg", 2 ** 30),
    "s.tar:1.jpg has 1,073,741,824 bytes, more than an image that can be decoded. Remove it.",
  ],
  [
    "INVALID_DATA",
    messages.labelsMissing("s.tar", ".cls", 40, 4, ["s.tar:1.jpg", "s.tar:2.jpg", "s.tar:3.jpg"]),
    "s.tar: 4 of 40 images have no label (s.tar:1.jpg, s.tar:2.jpg, s.tar:3.jpg, …); " +
      "the others have one in their .cls members. Give every image a label, or none.",
  ],
  [
    "INVALID_DATA",
    messages.labelsUnclaimed("s.tar", 40, "1.x.cls", "s.tar:1.jpg"),
    "s.tar: no image has a label, and 40 .cls members belong to no image, such as 1.x.cls. " +
      "A label is called like its image: 0001.cls for 0001.jpg; there is s.tar:1.jpg.",
  ],
  [
    "INVALID_DATA",
    messages.labelsMixed("s.tar:1.jpg", 0, "s.tar:2.jpg", "cat"),
    'Labels must all be numbers or all be names: that of s.tar:1.jpg is 0, that of s.tar:2.jpg is "cat".',
  ],
  [
    "INVALID_DATA",
    messages.classUnnamed("classes.json", 2, 5, false),
    "classes.json must name every class, but it names 2, and there is an image of class 5.",
  ],
  [
    "INVALID_DATA",
    messages.classUnnamed("classes.json", 2, 2, true),
    "classes.json must name every class, but it names 2, and there is an image of class 2. " +
      "Its first name is that of class 0, and no image is of class 0.",
  ],
  [
    "INVALID_DATA",
    messages.classUnknown("classes.json", "s.tar:1.jpg", "cat"),
    'classes.json must name every class, but it does not name "cat", the class of s.tar:1.jpg.',
  ],
  [
    "INVALID_DATA",
    messages.classesDiffer("a/classes.json", "b/classes.json"),
    "a/classes.json and b/classes.json name other classes. " +
      "Shards of one set need the same names in the same order.",
  ],
  [
    "INVALID_DATA",
    messages.classesUnusable("classes.json", messages.notAListOfNames()),
    "classes.json cannot be used: it must contain a list of distinct names.",
  ],
  [
    "INVALID_DATA",
    messages.shardsNotWritten("out", denied),
    "out cannot be written: EACCES: permission denied.",
  ],
  [
    "INVALID_DATA",
    messages.shardExists("out/train-000.tar", "train", "out"),
    'out/train-000.tar exists already. Remove the shards of "train" in out, or choose another folder.',
  ],
  [
    "INVALID_DATA",
    messages.otherClassesNamed("out/classes.json"),
    "out/classes.json names other classes. Choose another folder.",
  ],
  [
    "INVALID_DATA",
    messages.scoresMissing(2, 3, 5),
    "classification: 2 labels of 3 classes need 6 scores, got 5.",
  ],
  [
    "INVALID_DATA",
    messages.featuresDisagree({ features: [9, 64], labels: 8 }, { features: [3, 32], labels: 3 }),
    "knn: features and labels must agree in number, and both sets in feature length, " +
      "got [9, 64] with 8 labels to train and [3, 32] with 3 labels to test.",
  ],
  [
    "INVALID_DATA",
    messages.pointsNotFinite(7, Number.NaN),
    "kmeans: row 7 must have finite numbers alone, got NaN.",
  ],
  [
    "RUN_FOLDER",
    messages.fineTuningInUse("runs/a", { owner: { pid: 12 }, isUnseen: false }, "runs/a/lock"),
    "The same fine-tuning of runs/a is being done by process 12. Wait for it, or stop it.",
  ],
  [
    "RUN_FOLDER",
    messages.fineTuningInUse("runs/a", { isUnseen: true }, "runs/a/lock"),
    "The same fine-tuning of runs/a is being done by another process. Wait for it, or stop it; if it no " +
      "longer runs, delete runs/a/lock.",
  ],
  [
    "RUN_FOLDER",
    messages.folderInUse("runs/a", { owner: { pid: 12 }, isUnseen: false }, "runs/a/lock"),
    "runs/a is in use by process 12. Wait for it, or stop it.",
  ],
  [
    "RUN_FOLDER",
    messages.folderInUse("runs/a", { owner: { pid: 12, host: "elsewhere" }, isUnseen: true }, "runs/a/lock"),
    "runs/a is in use by process 12 on elsewhere. Wait for it, or stop it; " +
      "if it no longer runs, delete runs/a/lock.",
  ],
  [
    "RUN_FOLDER",
    messages.folderNotWritten("runs/a", denied),
    "runs/a cannot be written: EACCES: permission denied.",
  ],
  [
    "UNTRUSTED",
    messages.untrustedCode([{ file: "/runs/a/code/term.mjs", from: "/home/ada/term.ts" }]),
    "This would run code that you have not run on this machine before:\n" +
      "  - /runs/a/code/term.mjs, made from /home/ada/term.ts\n" +
      "Read it, and add --trust if you trust who wrote it.",
  ],
  [
    "UNTRUSTED",
    messages.untrustedCode([{ file: "/a.mjs" }, { file: "/b.mjs" }]),
    "This would run code that you have not run on this machine before:\n  - /a.mjs\n  - /b.mjs\n" +
      "Read them, and add --trust if you trust who wrote them.",
  ],
  [
    "UNTRUSTED",
    messages.untrustedServers(["https://a.example", "https://b.example:8443"]),
    "This run's images would be fetched from https://a.example and https://b.example:8443, which no config " +
      "of yours has named on this machine. Add --trust if you trust who made the run.",
  ],
  [
    "RUN_FOLDER",
    messages.folderNotEmpty("runs/a", 1),
    "runs/a must be a new or empty folder, and it holds 1 entry. Choose another with --out.",
  ],
  [
    "RUN_FOLDER",
    messages.folderNotEmpty("runs/a", 3),
    "runs/a must be a new or empty folder, and it holds 3 entries. Choose another with --out.",
  ],
  [
    "RUN_FOLDER",
    messages.notARun("runs/a", undefined),
    "runs/a does not exist. Name the folder of a run, such as runs/demo.",
  ],
  [
    "RUN_FOLDER",
    messages.notARun("runs/a", "run.json"),
    "runs/a has no run.json, which a run writes when it starts. Name the folder of a run, such as runs/demo.",
  ],
  [
    "RUN_FOLDER",
    messages.fileUnreadable("runs/a/run.json", denied),
    "runs/a/run.json cannot be read: EACCES: permission denied.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("runs/a/run.json", "history.seconds must be number, got null"),
    "runs/a/run.json is damaged: history.seconds must be number, got null. Put back a whole copy of it; " +
      "nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("a/run.json", messages.notWholeJson(" \n", new SyntaxError())),
    "a/run.json is damaged: it is empty. Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("a/run.json", messages.notWholeJson('{"plu', parseError('{"plu'))),
    "a/run.json is damaged: it is not whole, its JSON ends within a value after 5 characters. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged(
      "a/config.yaml",
      messages.notYaml(new Error("Flow map must end with }\n\nat line 2")),
    ),
    "a/config.yaml is damaged: it is not YAML (Flow map must end with }). " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged(
      "a/config.yaml",
      messages.notYaml(new Error("Maximum call stack size exceeded at line 1, column 822")),
    ),
    "a/config.yaml is damaged: its lists and sections lie too deep within each other. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("a/latest.safetensors", messages.noFeatureSample()),
    "a/latest.safetensors is damaged: it must hold features (float32, [images, D]), images (int32, " +
      "[images]) " +
      "and step (int32, [1]). Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.fileDamaged("a/run.json", messages.imageOutsideSet(5000, 48)),
    "a/run.json is damaged: it names image 5,000, and the set has 48. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.lineDamaged("a/metrics.jsonl", 1200, messages.lineTooLong(2 ** 20)),
    "a/metrics.jsonl is damaged in line 1,200: the line has more than 1.00 MiB. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.lineDamaged("a/metrics.jsonl", 3, messages.tooManyMetrics(1000)),
    "a/metrics.jsonl is damaged in line 3: there are more than 1,000 metrics. " +
      "Put back a whole copy of it; nothing was changed.",
  ],
  [
    "FILE_DAMAGED",
    messages.metricsRowsMissing("a/metrics.jsonl", 1, 1200),
    "a/metrics.jsonl has 1 whole row, and the checkpoint knows of 1,200: rows have been lost. Put back a " +
      "whole " +
      "copy of it, or go on without the lost rows: --allow-change metrics. Nothing was changed.",
  ],
  [
    "RUN_FOLDER",
    messages.noFailedStep("runs/a"),
    "No step of runs/a has failed. Name the step to replay, as in --step 12.",
  ],
  [
    "TRAINING_FAILED",
    messages.probeNotFinite(1e39),
    "The linear probe's loss is not a number with learning rate 1e+39. " +
      "Try a smaller one, or several to choose from.",
  ],
  [
    "NOT_FINITE",
    messages.stepNotFinite({
      step: 120,
      folder: "runs/a",
      notFinite: [
        { name: "loss", value: NaN },
        { name: "clsa/ddm", plugin: "clsa", value: Infinity },
      ],
      finite: [{ name: "moco/infoNce", plugin: "moco", value: 6.2 }],
      tensors: [
        { name: "moco.w", nan: 9, infinite: 1, of: 432 },
        { name: "moco.b", nan: 0, infinite: 1, of: 2 },
      ],
      checkpoint: "step-0000100",
    }),
    "Step 120 gave numbers that are not finite. Not finite: loss is NaN, clsa/ddm (plugin clsa) is " +
      "Infinity. Finite: moco/infoNce (plugin moco) is 6.2. In the state after the step, moco.w has 9 NaN, " +
      "1 infinite of 432, and 1 more tensor is not finite. step-0000100 is the last good checkpoint. " +
      "`tssl replay runs/a` repeats the step and shows the op that first gave such a number. A smaller " +
      "optimizer.lr, a warm-up (optimizer.warmupEpochs) or gradient clipping (optimizer.clipNorm) usually " +
      "helps.",
  ],
  [
    "NOT_FINITE",
    messages.stepNotFinite({
      step: 1,
      folder: "runs/a",
      notFinite: [],
      finite: [],
      tensors: ["a", "b", "c"].map((name) => ({ name, nan: 1, infinite: 0, of: 3 })),
    }),
    "Step 1 gave numbers that are not finite. Its loss terms and its gradient are finite, but values that " +
      "the optimizer or a plugin wrote are not. In the state after the step, a has 1 NaN of 3, and 2 more " +
      "tensors are not finite. No checkpoint was saved before it. " +
      "`tssl replay runs/a` repeats the step and shows the op that first gave such a number. A smaller " +
      "optimizer.lr, a warm-up (optimizer.warmupEpochs) or gradient clipping (optimizer.clipNorm) usually " +
      "helps.",
  ],
  [
    "NOT_FINITE",
    messages.stepNotFinite({
      ...{ step: 1, folder: "runs/a", finite: [], tensors: [] },
      notFinite: [{ name: "loss", value: NaN }],
    }),
    "Step 1 gave numbers that are not finite. Not finite: loss is NaN. No checkpoint was saved before it. " +
      "`tssl replay runs/a` repeats the step and shows the op that first gave such a number. Nothing was " +
      "trained before it, so the learning rate is not the cause: look at the loss (a division by 0, a root " +
      "or a logarithm of 0), at the weights that the run starts from, and at data.mean, data.deviation and " +
      "data.range.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.arrayTruncated("pixels", 96, 90)),
    'x is not a valid safetensors file: "pixels" ends at byte 96, and the file has 90 bytes.',
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerTooShort(5)),
    "x is not a valid safetensors file: it has 5 bytes, and the length of its header takes 8.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerTooLarge(2n ** 60n, 100_000_000)),
    "x is not a valid safetensors file: its header has 1152921504606846976 bytes, more than the 100000000 " +
      "that are read.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerTruncated(96, 90)),
    "x is not a valid safetensors file: its header ends at byte 96, and the file has 90 bytes.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerNotText()),
    "x is not a valid safetensors file: its header is not UTF-8.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerWrong("it is empty")),
    "x is not a valid safetensors file: in its header, it is empty.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.keyTwice()),
    "x is not a valid safetensors file: in its header, a name or a key stands twice.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.arrayMisplaced("a", 4, 8)),
    'x is not a valid safetensors file: "a" begins at byte 4 of the values, and must begin at 8.',
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.arrayOfOtherSize("a", 4, 8)),
    'x is not a valid safetensors file: "a" has 4 bytes, and its shape takes 8.',
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.bytesLeft(96, 100)),
    "x is not a valid safetensors file: its values end at byte 96, and the file has 100 bytes.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.arrayTypeUnknown("a", "BF16")),
    'x is not a valid safetensors file: "a" has type BF16, which cannot be read.',
  ],
  [
    "CHECKPOINT",
    messages.checkpointNotFound("runs/a", undefined, []),
    "runs/a has no undamaged checkpoint. It has no checkpoints.",
  ],
  [
    "CHECKPOINT",
    messages.checkpointNotFound("runs/a", "step-3", ["step-1", "step-2"]),
    'runs/a has no checkpoint "step-3". It has step-1, step-2.',
  ],
  [
    "CHECKPOINT",
    messages.otherFormat("step-3.json", 2, 1),
    "step-3.json has format 2, and this version of tssl reads format 1. Use the version that wrote it.",
  ],
  ["CHECKPOINT", messages.checkpointMissing("step-3.json", "CHECKPOINT"), "step-3.json is missing."],
  [
    "CHECKPOINT",
    messages.checkpointUnreadable("step-3.json", denied),
    "step-3.json cannot be read: EACCES: permission denied.",
  ],
  ["CHECKPOINT", messages.stateNotSavable("mask"), 'State "mask" must be float32 or int32 to be saved.'],
  [
    "CHECKPOINT",
    messages.checkpointDoesNotFit("step-3", [
      { name: "weight", saved: [2, 2], wanted: [3] },
      { name: "bias", wanted: [3] },
      { name: "cursor", saved: [], wanted: [], types: { saved: "float32", wanted: "int32" } },
    ]),
    "step-3 does not fit this run:\n  - weight has shape [2, 2], the run needs [3]\n  - bias is missing\n" +
      "  - cursor is float32, the run needs int32",
  ],
  [
    "WEIGHTS",
    messages.weightsUnreadable("a.safetensors", missing),
    "The weights a.safetensors cannot be read: there is no such file.",
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid("a.safetensors", "safetensors file", messages.headerTooShort(3)),
    "a.safetensors is not a valid safetensors file: it has 3 bytes, and the length of its header takes 8. " +
      "Copy it again.",
  ],
  [
    "WEIGHTS",
    messages.weightsAreCode("moco.pth.tar"),
    "moco.pth.tar is a pickle, which can run code when it is read. Convert it to safetensors once, in " +
      "Python:\n  import torch, safetensors.torch as st\n" +
      '  saved = torch.load("moco.pth.tar", map_location="cpu", weights_only=True)\n' +
      '  st.save_file({k: v.clone() for k, v in saved.get("state_dict", saved.get("model", saved)).items() ' +
      'if torch.is_tensor(v)}, "moco.safetensors")',
  ],
  [
    "WEIGHTS",
    messages.weightsDoNotFit(
      "a.safetensors",
      [
        { name: "conv1.weight", saved: [64, 3, 3, 3], wanted: [64, 3, 7, 7] },
        { name: "bn1.bias", wanted: [64] },
      ],
      {
        found: "resnet18 with stem: cifar",
        wanted: "resnet18 with stem: imagenet",
        names: [],
        none: false,
        onnx: false,
      },
    ),
    "a.safetensors does not fit the encoder. It holds a resnet18 with stem: cifar; the config asks for " +
      "resnet18 with stem: imagenet.\n" +
      "  - conv1.weight has shape [64, 3, 3, 3], the encoder needs [64, 3, 7, 7]\n" +
      "  - bn1.bias is missing",
  ],
  [
    "WEIGHTS",
    messages.weightsDoNotFit("a.safetensors", [{ name: "conv1.weight", wanted: [1] }], {
      ...{ found: undefined, wanted: undefined, names: ["a.kernel", "b"], none: true, onnx: false },
    }),
    "a.safetensors holds no weights of the run's encoder: none of its 2 names is known (a.kernel, b), and " +
      "conv1.weight is what the encoder begins with.",
  ],
  [
    "WEIGHTS",
    messages.weightsDoNotFit("a.onnx", [{ name: "bn1.weight", wanted: [64] }], {
      ...{ found: undefined, wanted: "resnet18 with stem: imagenet", names: [], none: false, onnx: true },
    }),
    "a.onnx does not fit the encoder.\n  - bn1.weight is missing\nAn exporter of ONNX may make each batch " +
      "norm part of a convolution, which cannot be undone. PyTorch's leaves them as they are with " +
      "dynamo=False, do_constant_folding=False and training=torch.onnx.TrainingMode.PRESERVE.",
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid("a.onnx", "ONNX model", messages.onnxWithoutGraph()),
    "a.onnx is not a valid ONNX model: it has no graph. Copy it again.",
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid(
      "a.onnx",
      "ONNX model",
      messages.onnxTruncated(new RangeError("index out of range")),
    ),
    "a.onnx is not a valid ONNX model: its protocol buffers end too early or are none (index out of " +
      "range). Copy it again.",
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid("a.onnx", "ONNX model", messages.onnxNameTwice("conv1.weight")),
    'a.onnx is not a valid ONNX model: the initializer "conv1.weight" stands twice. Copy it again.',
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid("a.onnx", "ONNX model", messages.onnxArrayOfOtherSize("conv1.weight", 8, 12)),
    'a.onnx is not a valid ONNX model: the initializer "conv1.weight" has 8 bytes, and its shape takes 12. ' +
      "Copy it again.",
  ],
  [
    "WEIGHTS",
    messages.weightsElsewhere("a.onnx", "conv1.weight"),
    "a.onnx has its weights in another file (conv1.weight is the first). Save it in one, in Python:\n" +
      '  import onnx\n  onnx.save(onnx.load("a.onnx"), "a.onnx")',
  ],
  [
    "WEIGHTS",
    messages.weightsChanged("a.safetensors"),
    "a.safetensors is no longer the file that the run started from. Put that one back, or leave out the " +
      "untrained encoder with --no-baseline.",
  ],
  [
    "CHECKPOINT",
    messages.anotherRun("step-3", [{ path: "optimizer.lr", text: "was 0.06, is 0.03" }]),
    "step-3 belongs to another run: 1 thing has changed since.\n  - optimizer.lr was 0.06, is 0.03\n" +
      "Undo it, or allow it: --allow-change optimizer.lr",
  ],
  [
    "CHECKPOINT",
    messages.anotherRun("step-3", [
      { path: "epochs", text: "was 2, is 3" },
      { path: "images.train", text: "1 file added (a.jpg)" },
    ]),
    "step-3 belongs to another run: 2 things have changed since.\n  - epochs was 2, is 3\n" +
      "  - images.train: 1 file added (a.jpg)\n" +
      "Undo them, or allow them: --allow-change epochs --allow-change images.train",
  ],
  [
    "CHECKPOINT",
    messages.noStepLeft("runs/a", { steps: 117, totalSteps: 39, stepsPerEpoch: 39 }, [
      { path: "epochs", text: "was 3, is 1" },
    ]),
    "runs/a has taken 117 of 39 steps: none is left to be trained with\n  - epochs was 3, is 1\n" +
      "Nothing was changed. To train on, set epochs to 4 or more; otherwise start a new run.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.checkpointMissing("step-3.safetensors", "CHECKPOINT_DAMAGED"),
    "step-3.safetensors is missing.",
  ],
  [
    "CHECKPOINT",
    messages.checkpointUnknown("step-3.json", "history.clock is missing"),
    "step-3.json is not what this version of tssl saves: history.clock is missing. Use the version that " +
      "wrote " +
      "it; or delete it, to go on from the checkpoint before it.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.noWholeCheckpoint("runs/a", ["step-3", "step-2"]),
    "runs/a has no checkpoint that is whole: step-3, step-2 are damaged. Put back a whole copy of one, or " +
      "start " +
      "a new run in another folder. Nothing was changed.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.checkpointTruncated("step-3.safetensors", 4096, 81920),
    "step-3.safetensors has 4096 bytes of 81920.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.checkpointAltered("step-3.safetensors"),
    "step-3.safetensors has changed since it was written: its checksum differs.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.checkpointInvalid("step-3.json", "it must be object, got null"),
    "step-3.json is not a valid checkpoint: it must be object, got null.",
  ],
];

it.each(errors.map(([code, error, sentence]) => [sentence, code, error] as const))(
  "%s",
  (sentence, code, error) => {
    expect([error.code, error.message]).toEqual([code, sentence]);
  },
);

it("keep what caused an error, and its facts as values", () => {
  const error = messages.folderNotWritten("runs/a", denied);
  expect(error.cause).toBe(denied);
  expect(error.data).toEqual({ folder: "runs/a", reason: "EACCES: permission denied" });
});

const rank = { rank: 1.2345, most: 127 };
const causes =
  "Usual causes: a learning rate that is too high or has no warm-up, an unsuitable temperature, and, in " +
  "methods without negatives, no predictor or a momentum encoder that moves too fast.";
const learning = { closer: 0.78, closerAtFirst: -0.05, spread: 0.8714, rank: 23, most: undefined };
const learned =
  "two views of one image are 78 % closer than views of two images " +
  "(0 % in the first steps; spread 0.871, effective rank 23).";

it.each([
  [
    messages.indexingShards("shards", "/cache"),
    "Indexing the shards of shards. This happens once: the indexes are kept in /cache.",
  ],
  [
    messages.noEndMark("s.tar", 1024),
    "s.tar ends at byte 1024 without tar's end mark. Its last member is whole; if it should hold more, " +
      "copy it again.",
  ],
  [messages.indexedShards(3, 8, 12_345), "Indexed 3 of 8 shards, 12,345 images."],
  [
    messages.noKnnWithoutTest(true),
    "There is no kNN accuracy during training: the config names no images to classify. To get it, set " +
      "data.test to labelled images of the same classes.",
  ],
  [
    messages.noKnnWithoutTest(false),
    "There is no kNN accuracy during training: the config names no images to classify. To get it, set " +
      "evaluation.train and evaluation.test to labelled images.",
  ],
  [
    messages.noKnnWithoutLabels("data.train", 120, []),
    "There is no kNN accuracy during training: the images of data.train have no labels. To get it, set " +
      "evaluation.train to labelled images with the classes of the test images.",
  ],
  [
    messages.noKnnWithoutLabels("data.train", 1121, ["cover.jpg"]),
    "There is no kNN accuracy during training: 1 of 1,121 images of data.train lies in no class folder " +
      "(cover.jpg), so none has a label. To get it, move it away, or set evaluation.train to labelled " +
      "images with the classes of the test images.",
  ],
  [
    messages.noKnnWithoutLabels("data.test", 60, []),
    "There is no kNN accuracy during training: the images of data.test have no labels. To get it, set " +
      "data.test to labelled images of the same classes.",
  ],
  [
    messages.testImagesAmong("training", 60, { count: 21, isWhole: true, example: pair }, "kNN"),
    "21 of 60 test images are training images too (cat/0000.jpg = cat/t_0000.jpg, …): kNN is too high by " +
      "them.",
  ],
  [
    messages.testImagesAmong("labelled", 60, { count: 1, isWhole: true, example: pair }, "the accuracy"),
    "1 of 60 test images is a labelled image too (cat/0000.jpg = cat/t_0000.jpg): " +
      "the accuracy is too high by it.",
  ],
  [
    messages.testImagesAmong("seen", 50_000, { count: 16_000, isWhole: false, example: pair }, "kNN"),
    "At least 16,000 of 50,000 test images are training images too (cat/0000.jpg = cat/t_0000.jpg, …): " +
      "the encoder has seen them, without their labels.",
  ],
  [
    messages.keptEvaluationInvalid("evaluations/a.json", "step: must be >= 0, got -1"),
    "evaluations/a.json is not a valid evaluation: step: must be >= 0, got -1. It is left out.",
  ],
  [
    messages.fewerNeighbours(120, 200),
    "kNN uses all 120 labelled images as neighbours (k = 120), because there are fewer than 200. " +
      "Set evaluation.k for another number.",
  ],
  [
    messages.twoTestSets("a", "b"),
    "names other images than data.test (a and b). data.test is the short form of evaluation.test: " +
      "set one of the two, or both to the same images",
  ],
  [
    messages.evaluationTestMissing(),
    "needs images to classify: set evaluation.test to labelled images of the same classes, or remove " +
      "evaluation.train",
  ],
  [
    messages.freezingNeedsWeights(),
    "needs encoder.weights: an encoder whose values are drawn would learn nothing in these epochs",
  ],
  [messages.frozenForWholeRun(5, 5), "must be less than epochs (5), got 5: the encoder would never move"],
  [
    messages.noKnnBecauseOfStrays(["cover.jpg"], 121),
    "1 of 121 images lies in no class folder: cover.jpg, so there are no classes and kNN accuracy is not " +
      "measured.",
  ],
  [
    messages.noKnnBecauseOfStrays(["a.jpg", "b.jpg", "c.jpg", "d.jpg"], 1200),
    "4 of 1,200 images lie in no class folder: a.jpg, b.jpg, c.jpg, …, so there are no classes and kNN " +
      "accuracy is not measured.",
  ],
  [messages.noKnnWithoutClasses("s.tar"), "s.tar has no classes, so kNN accuracy is not measured."],
  [messages.noKnnWithoutClassFolders("flat"), "flat has no class folders, so kNN accuracy is not measured."],
  [
    messages.noKnnWithOneClass("one", "cat"),
    "All images of one lie in one folder, cat. Classes need two or more, so kNN accuracy is not measured.",
  ],
  [
    messages.CHECKPOINT_WAITS,
    "The first checkpoint waits until 4 KiB of every image were read: resuming needs to know the images.",
  ],
  [
    messages.filesLeftOut("/data/images", { found: 112, images: 96, labels: 0, leftOut: PICTURES }),
    "16 of 112 files were left out: 8 × .bmp and 8 × .ppm (formats that are not decoded here). " +
      "tssl data /data/images shows all.",
  ],
  [
    messages.filesLeftOut("/my data", { found: 3, images: 1, labels: 1, leftOut: [EMPTY] }),
    "1 of 3 files was left out: 1 empty file (cat/a.jpg). tssl data '/my data' shows all.",
  ],
  [
    messages.classesJoined("images", ["köter"]),
    "In images a class stands under two spellings that look alike, with composed and with decomposed " +
      "letters, and is one class: köter.",
  ],
  [
    messages.splitsAreClasses("/data", ["test", "train"]),
    "/data holds only the folders test and train, which become classes, and all images are trained on. If " +
      "they are a training and a test set, write data: { train: /data/train, test: /data/test }.",
  ],
  [
    messages.usingEarlierCheckpoint("step-3.json is missing."),
    "step-3.json is missing. Using the checkpoint before it.",
  ],
  [messages.NO_CHECKPOINT_YET, "The run ended before its first checkpoint, and starts from the beginning."],
  [
    messages.otherEnvironment([
      { path: "threads", text: "was 2, is 8" },
      { path: "mode", text: 'was "xla", is "graph"' },
    ]),
    'This environment differs from the one before (threads was 2, is 8; mode was "xla", is "graph"). ' +
      "Results may differ in the last bits.",
  ],
  [
    messages.gpusIdle(8, 1),
    "This machine has 8 GPUs, and this run trains on 1. --set engine.replicas=8 uses all of them, where " +
      "they divide the images of a forward pass.",
  ],
  [
    messages.gpuNotUsed({
      problem: "This machine has a GPU (NVIDIA H100) that is not set up.",
      remedy: 'Run "npx tssl-engine-setup --gpu".',
    }),
    "Steps run on the CPU. This machine has a GPU (NVIDIA H100) that is not set up. " +
      'Run "npx tssl-engine-setup --gpu".',
  ],
  [
    messages.runFinishedBefore("runs/a", 1170),
    "runs/a has finished: all 1,170 steps are taken. Nothing was trained or changed.",
  ],
  [messages.changeText({ path: "epochs", text: "was 2, is 3" }), "epochs was 2, is 3"],
  [messages.changeText({ path: "code.term", text: "1 file changed" }), "code.term: 1 file changed"],
  [
    messages.metricsLackRows(1000, 1200),
    "metrics.jsonl has 1,000 of 1,200 rows: curves have a gap before the next step.",
  ],
  [messages.leftAsItWas("runs/a"), "No step was taken, so runs/a was left as it was."],
  [messages.METRICS_WAIT, "The disk is full: metrics are kept in memory until the next checkpoint."],
  [messages.OUTCOME_NOT_WRITTEN, "The disk is full: outcome.json could not be written."],
  [messages.END_NOT_SAVED, "the disk is full, and the end of the run could not be saved"],
  [
    messages.checkpointNotSaved("step-4", "step-3"),
    "The disk is full: step-4 could not be saved. The newest checkpoint is step-3. " +
      "Training continues, and saves again at the next checkpoint.",
  ],
  [
    messages.checkpointNotSaved("step-4", undefined),
    "The disk is full: step-4 could not be saved. There is no earlier checkpoint. " +
      "Training continues, and saves again at the next checkpoint.",
  ],
  [
    messages.statisticsNotKept(new Error("ENOSPC: no space left on device")),
    "The settled statistics of the untrained encoder cannot be kept (ENOSPC: no space left on device). " +
      "tssl evaluate will measure the untrained encoder with the statistics that batch norm starts with.",
  ],
  [messages.noFeatureMap(denied), "The map of the features could not be made: EACCES: permission denied"],
  [
    messages.stepTooLarge(3.14 * 2 ** 30, 2 ** 31),
    "A step needs about 3.14 GiB more memory, and 2.00 GiB are free: the system may end the run. " +
      "Set a smaller batchSize, split the batch with accumulate, or set the recompute option of a ResNet.",
  ],
  [
    messages.tensorLeft("[moco] step", [4, 8], "float32"),
    "[moco] step leaves a tensor ([4, 8] float32) behind in every step. Pass what `after` reads through " +
      "`keep` of the context, not tf.keep; make what lives longer with build, as state.",
  ],
  [messages.loaderKeepsUp(0.049), "The loader keeps up: steps waited for images 4.9 % of the time."],
  [
    messages.decodingIsSlow(0.5, {}),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time, and reading and decoding " +
      "take most of the loader's time. Use smaller files.",
  ],
  [
    messages.decodingIsSlow(0.5, {
      fast: { timeShare: 0.31, images: 37 },
      cacheMegabytes: 4600,
      workers: { threads: 2, cores: 8 },
    }),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time, and reading and decoding " +
      "take most of the loader's time. Set data.decode: fast, with which decoding takes 31.0 % of its time " +
      "(measured on 37 images of the run); raise data.cacheMegabytes to 4600, about what all decoded " +
      "images take; raise data.workers, which is 2 on 8 cores; or use smaller files.",
  ],
  [
    messages.decodingWasFirst(0.5),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time, while each image was " +
      "decoded for the first time. Decoded images are kept, so later epochs are faster.",
  ],
  [
    messages.narrowLevels({ file: "a.png", low: 0, high: 3838 }),
    "a.png has 16 bits, of whose levels 0 to 65535 it uses 0 to 3838: its views have 15 levels of 256. " +
      "Set data.range, such as [0, 4095], to spread them.",
  ],
  [
    messages.tooFewWorkers(0.5, 2, 8),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time. " +
      "Raise data.workers, which is 2 on 8 cores.",
  ],
  [
    messages.coresAreBusy(0.5, 8, 8),
    "The loader is the bottleneck: steps waited for images 50.0 % of the time, and its 8 threads use all 8 " +
      "cores. Use fewer or smaller views, or more cores.",
  ],
  [
    messages.collapsedToAPoint(10, 0.01),
    `Collapsed: all embeddings have been nearly the same since step 10 (spread 0.01; 1 is evenly spread). ` +
      causes,
  ],
  [
    messages.collapsedToALine(10, rank),
    `Collapsed: embeddings have lain on one line since step 10 (effective rank 1.23 of 127). ${causes}`,
  ],
  [
    messages.barelyRecovered(10, 150, rank),
    "Barely recovered from collapse: embeddings lay on one line from step 10 to 150, and still have an " +
      "effective " +
      `rank 1.23 of 127. ${causes}`,
  ],
  [
    messages.closeToCollapse(10, rank),
    "Close to collapse: embeddings have varied in little more than one direction since step 10 " +
      `(effective rank 1.23 of 127). ${causes}`,
  ],
  [
    messages.narrowAtFirst(10, rank),
    "Embeddings have varied in little more than one direction since step 10 (effective rank 1.23 of 127). " +
      "This is usual in the first hundreds of steps; the rank should rise.",
  ],
  [
    messages.alikeWhileFilling(10, 128),
    "Embeddings have become alike since step 10. This is usual until the queue holds no more random rows, " +
      "and shortly after (step 128); they should spread from then on.",
  ],
  [
    messages.viewsAreTheSame(10, 1e-6),
    "Both views of an image have had the same embedding since step 10 (alignment 0.000001), so there is " +
      "nothing to learn. Augmentation is off or too weak: look at the views in the report.",
  ],
  [
    messages.viewsAreAlike(10, 0.01),
    "Both views of an image have had nearly the same embedding since step 10 (alignment 0.01). Expected " +
      "after long training; early in a run it means that augmentation is too weak. Look at the views in " +
      "the report.",
  ],
  [
    messages.lossAtChance(1, [{ name: "a/term", now: 5, level: 5 }], false),
    "The loss stays at its chance level and no longer falls (a/term 5, chance 5, since step 1): the " +
      "encoder tells images apart no better than by guessing. Usual causes: an unsuitable temperature, or " +
      "a learning rate that is far too high or too low.",
  ],
  [
    messages.lossAtChance(
      1,
      [
        { name: "a/term", now: 6, level: 5 },
        { name: "b/term", now: 3.1234, level: 3 },
      ],
      true,
    ),
    "The loss is above its chance level and no longer falls (a/term 6, chance 5; b/term 3.12, chance 3, " +
      "since step 1): the encoder tells images apart no better than by guessing. Usual causes: an " +
      "unsuitable temperature, or a learning rate that is far too high or too low.",
  ],
  [
    messages.gradientsVanished(10, 0),
    "Gradients have vanished since step 10 (norm 0): the encoder no longer learns.",
  ],
  [
    messages.gradientsAreLarge(10, 123.4, 56.78),
    "Gradients have been 123 times as long as usual since step 10 (norm 56.8). " +
      "A smaller optimizer.lr, a warm-up or optimizer.clipNorm usually helps.",
  ],
  [
    messages.negligibleTerms(200, [["clsa/ddm", 0.004]]),
    "clsa/ddm contributes 0.4 % of the gradient (step 200). Raise its weight, or drop it.",
  ],
  [
    messages.negligibleTerms(200, [["clsa/ddm", 0.004], ["b/term", 0]]), // prettier-ignore
    "clsa/ddm contributes 0.4 % and b/term contributes 0 % of the gradient (step 200). " +
      "Raise their weights, or drop them.",
  ],
  [
    messages.queueFills(["a.keys"], 128),
    "Until step 128 the queue a.keys still holds random directions, which are easy to tell apart from " +
      "embeddings. A loss that rises until then is normal.",
  ],
  [
    messages.queueFills(["a.keys", "b.keys"], 128),
    "Until step 128 the queues a.keys and b.keys still hold random directions, which are easy to tell " +
      "apart from embeddings. A loss that rises until then is normal.",
  ],
  [
    messages.noEmbeddings(),
    "Nothing is wrong with the loss and the gradients. Whether embeddings collapse cannot be seen, because " +
      "no plugin publishes any.",
  ],
  [
    messages.queueLargerThanSet("a.keys", 4096, 120),
    "The queue a.keys has 4,096 rows, and the set 120 images: earlier embeddings of an image are among its " +
      "own negatives.",
  ],
  [
    messages.warmupLongerThanRun(10, 1, 0.006, 0.06),
    "The warm-up of 10 epochs (optimizer.warmupEpochs) does not end within the run of 1 epoch: the " +
      "learning rate gets to 0.006 of 0.06.",
  ],
  [
    messages.milestonesBeyondEnd([1], 9),
    "optimizer.milestones: 1 lies at the end of the run (9 steps), so the learning rate is not lowered " +
      "there.",
  ],
  [
    messages.milestonesWithinWarmup([0.02, 0.04], 10),
    "optimizer.milestones: 0.02 and 0.04 lie within the warm-up of 10 epochs (optimizer.warmupEpochs), so " +
      "the learning rate is lowered from the start.",
  ],
  [
    messages.schemaUnusable(new Error("schema must be object or boolean")),
    "the JSON schema of its options cannot be used: schema must be object or boolean",
  ],
  [messages.folderForFile().message, "it is a folder"],
  [messages.noRegularFile().message, "it is a pipe or a device, not a file"],
  [messages.nameTooLong(255).message, "a name in it has more than 255 bytes"],
  [messages.systemFolder().message, "it is a part of /proc or /sys, where no images are"],
  [messages.fileTooLong(2 ** 33, 2 ** 20).message, "it has 8.00 GiB, and at most 1.00 MiB are read"],
  [messages.binaryFile(4).message, "it is not text: byte 4 is 0"],
  [messages.binaryFile().message, "it is not UTF-8 text"],
  [messages.nestedTooDeep(100).message, "lists and sections lie in each other at more than 100 levels"],
  [
    messages.integerNotExact("9007199254740993").message,
    "9007199254740993 is beyond 9,007,199,254,740,991, up to which whole numbers are exact",
  ],
  [
    messages.phaseNeverComes("swav", "queue", { step: 585, epoch: 15 }, 117),
    'The phase "queue" of swav never comes: it would begin at step 586 (epoch 16), and the run has ' +
      "117 steps.",
  ],
  [
    messages.moreNeighboursThanImages(200, 120),
    "evaluation.k is 200, and there are 120 labelled training images: all of them vote.",
  ],
  [
    messages.intervalLongerThanRun("checkpoint.everySteps", 5000, 1, "steps"),
    "checkpoint.everySteps is 5,000, and the run has 1 step: the interval does not pass once.",
  ],
  [
    messages.imagesLeftOut({ left: 8, datasetSize: 5000, batchSize: 64, stepsPerEpoch: 78 }),
    "Each epoch leaves out 8 of the 5,000 images, others each time: it has 78 whole batches of 64.",
  ],
  [
    messages.FINE_TUNING_OF_OTHERS,
    "It is of another checkpoint, of other images or by another version of tssl.",
  ],
  [
    messages.queueNeverFills(["a.keys"], 2048, 9),
    "The queue a.keys never fills: the run has 9 steps, and 2,048 are needed. Its random first rows stay " +
      "among the negatives. Set a smaller queueSize.",
  ],
  [
    messages.weightsStandStill(1, 12.345, 1e-12),
    "The weights have not moved since step 1 (norm 12.3), so nothing is learned. The learning rate has " +
      "been 1e-12 at most: raise optimizer.lr.",
  ],
  [
    messages.weightsStandStill(1, 12.345, undefined),
    "The weights have not moved since step 1 (norm 12.3), so nothing is learned.",
  ],
  [
    messages.weightsLoaded({
      ...{ file: "dino.safetensors", naming: "timm", prefix: "", taken: 150, leftOver: [] },
      resized: { from: [14, 14], to: [8, 8] },
    }),
    "The encoder starts from dino.safetensors: 150 arrays by the names of timm. Position embeddings of 14 " +
      "x 14 patches were interpolated bicubically to 8 x 8. Nothing of the file is left over.",
  ],
  [
    messages.weightsLoaded({
      ...{ file: "moco.safetensors", naming: "torchvision", prefix: "module.encoder_q.", taken: 100 },
      leftOver: ["module.encoder_q.fc.weight", "module.queue"],
    }),
    "The encoder starts from moco.safetensors: 100 arrays by the names of torchvision, after " +
      '"module.encoder_q.". ' +
      "Not used, because the encoder has no such parameter: module.encoder_q.fc.weight, module.queue.",
  ],
  [
    messages.weightsLoaded({ file: "a", naming: "torchvision", prefix: "", taken: 1, leftOver: [] }),
    "The encoder starts from a: 1 array by the names of torchvision. Nothing of the file is left over.",
  ],
  [
    messages.weightsLoaded({
      ...{ file: "a", naming: "timm", prefix: "", taken: 2, leftOver: [] },
      adapted: { name: "conv1.weight", from: 3, to: 1 },
    }),
    "The encoder starts from a: 2 arrays by the names of timm. Nothing of the file is left over. Its " +
      "conv1.weight is for 3 channels: they are summed into one.",
  ],
  [
    messages.filtersAdapted("conv1.weight", 3, 13),
    " Its conv1.weight is for 3 channels: they are repeated over 13, times 3 / 13.",
  ],
  [
    messages.bytesNeedGreyOrColours(4),
    "must be 32 or null with data.channels: 4: bytes are of 1 or 3 channels",
  ],
  [messages.rangeNotRising([7, 7]), "must be [low, high] with low < high, got [7,7]"],
  [
    messages.perChannelLength(1, [0.5, 0.4]),
    "must have 1 number, one for each of data.channels, got [0.5,0.4]; `tssl data stats` measures them",
  ],
  [messages.tooEarlyToSay(learning, 50), `Too early to say, before step 50: ${learned}`],
  [messages.isLearning(learning), `Learning: ${learned}`],
  [messages.notYetLearning(learning), `Not learning yet: ${learned}`],
  [
    messages.closerInFewDirections(learning),
    `Views come closer, but embeddings vary in fewer than two directions: ${learned}`,
  ],
  [
    messages.accuracyFell(learning, { untrained: 0.264, now: 0.168 }),
    `kNN accuracy has fallen from 26.4 % (untrained) to 16.8 %, although no collapse is seen: ${learned}`,
  ],
])("%#: %s", (message, sentence) => {
  expect(message).toBe(sentence);
});

it("are each here", async () => {
  const test = await readFile(new URL(import.meta.url), "utf8");
  expect(Object.keys(messages).filter((name) => !test.includes(`messages.${name}`))).toEqual([]);
});
