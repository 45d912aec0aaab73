import * as messages from "./options.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

errors([
  ["INVALID_OPTION", messages.accumulateDoesNotDivide(4, 3), "accumulate must divide batchSize (4), got 3."],
  [
    "INVALID_OPTION",
    messages.replicasDoNotDivide(32, 3),
    "engine.replicas must divide 32, the images of one forward pass (batchSize / accumulate), got 3.",
  ],
  [
    "INVALID_OPTION",
    messages.groupsOverReplicas("moco", 2, 4),
    "plugins.moco.batchNormGroups must be 1 or a multiple of the 4 replicas, got 2.",
  ],
  [
    "INVALID_OPTION",
    messages.unevenGroups("moco-v1", 64, 3),
    "plugins.moco-v1.batchNormGroups must be a divisor of 64, the images of one forward pass " +
      "(batchSize / accumulate), got 3.",
  ],
  [
    "INVALID_OPTION",
    messages.nothingToShuffle("moco"),
    "plugins.moco.shuffleBatchNorm must be false if batchNormGroups is 1, because shuffling has no effect " +
      "then, got true. Set batchNormGroups to 8, as on MoCo's 8 GPUs.",
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
    messages.viewTooSmall("convnext-tiny", [16, 24], 32),
    "convnext-tiny takes images of at least 32 x 32 pixels, and a view has 16 x 24. Set a larger imageSize, " +
      "or larger views or patches of the plugin.",
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
    messages.projectionsUnknown("runs/a"),
    "The projection head of the run in runs/a is made by its plugins. Pass them and the run's optimizer in " +
      "the registry too.",
  ],
  [
    "INVALID_OPTION",
    messages.representationNotProjected("runs/a", "cpc"),
    'The run in runs/a is evaluated by the representation of its plugin "cpc", and has no projection of a ' +
      "whole image. Ask for features.",
  ],
  [
    "INVALID_OPTION",
    messages.representationNotTrained(),
    "A run that is evaluated by the representation of a plugin cannot be fine-tuned: only its encoder " +
      "could be, and that is another network.",
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
]);

sentences([
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
]);

eachIsHere(messages, import.meta.url);
