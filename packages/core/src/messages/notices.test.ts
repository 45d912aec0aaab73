import * as messages from "./notices.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
const EMPTY = { reason: "empty", extension: ".jpg", count: 1, examples: ["cat/a.jpg"] } as const;
const PICTURES = [
  { reason: "format", extension: ".bmp", count: 8, examples: ["a.bmp"] },
  { reason: "format", extension: ".ppm", count: 8, examples: ["a.ppm"] },
] as const;
const pair = { name: "cat/0000.jpg", other: "cat/t_0000.jpg" };

sentences([
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
  [
    messages.metricsLackRows(1000, 1200),
    "metrics.jsonl has 1,000 of 1,200 rows: curves have a gap before the next step.",
  ],
  [messages.leftAsItWas("runs/a"), "No step was taken, so runs/a was left as it was."],
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
  [
    messages.CHECKPOINT_WAITS,
    "The first checkpoint waits until 4 KiB of every image were read: resuming needs to know the images.",
  ],
  [messages.NO_CHECKPOINT_YET, "The run ended before its first checkpoint, and starts from the beginning."],
  [messages.METRICS_WAIT, "The disk is full: metrics are kept in memory until the next checkpoint."],
  [messages.OUTCOME_NOT_WRITTEN, "The disk is full: outcome.json could not be written."],
  [messages.END_NOT_SAVED, "the disk is full, and the end of the run could not be saved"],
  [
    messages.FINE_TUNING_OF_OTHERS,
    "It is of another checkpoint, of other images or by another version of tssl.",
  ],
]);

eachIsHere(messages, import.meta.url);
