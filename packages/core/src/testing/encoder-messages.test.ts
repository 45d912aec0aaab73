import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";

import * as messages from "./encoder-messages.ts";

const pass = { count: 2, size: 32, channels: 3, mode: "training" } as const;
const tall = { count: 1, size: [48, 32], channels: 4, mode: "inference" } as const;
const numbers = { shape: [2, 3], dtype: "int32" } as const;

it("names the checks by what an encoder does that passes them", () => {
  expect(messages.encoderCheckNames).toEqual({
    features:
      "gives each image featureDim numbers, whatever the batch, the size of the view and its channels",
    stages: "has stages, if any, whose maps are as they say, and features made of the last one's",
    stateThroughScope: "makes all its values through scope, and moves nothing but buffers",
    tensorLeaks: "leaves no tensor behind, and does not free its images",
    firstValues: "starts from the seed alone, under the same names each time",
    eachImageAlone: "sees each image alone in mode inference, and moves nothing there",
    batchNormGroups: "treats the groups of batchNormGroups as batches of their own in mode training",
    gradientReach: "gives each trained value a gradient",
    featureGradient: "has the gradient of its features: they change along it as it says",
    recording: "can be recorded: reads no value back and draws no random number",
    graphAgrees: "gives the same features, gradients and statistics eagerly and as a graph",
    xlaAgrees: "gives the same features, gradients and statistics eagerly and under XLA",
    savedValues: "gives the same features, to the bit, once its values were saved and restored",
    learning: "learns: a method's loss falls within some steps",
  });
});

it.each<[message: string, sentence: string]>([
  [messages.encoderSuiteName("mine", undefined), "the encoder mine"],
  [messages.encoderSuiteName("mine", { depth: 2 }), 'the encoder mine with {"depth":2}'],
  [
    messages.featuresMisshapen("mine", 4, pass, numbers),
    "[mine] The features of images [2, 32, 32, 3] in mode training must be [2, 4] float32 (featureDim is " +
      "4), got [2, 3] int32. Return one row for each image, and the length of a row as `featureDim`.",
  ],
  [
    messages.featuresNotFinite("mine", tall),
    "[mine] The features of images [1, 48, 32, 4] in mode inference have NaN or infinite values. Look for " +
      "a division by 0, and for a root or a logarithm of 0.",
  ],
  [
    messages.passFailed("[mine] No squares.", tall, "viewSizes"),
    "[mine] No squares (with images [1, 48, 32, 4] in mode inference). If the encoder is not for these, " +
      "give those that it is for in the test's option `viewSizes`.",
  ],
  [
    messages.passFailed("[mine] No.", pass, undefined),
    "[mine] No (with images [2, 32, 32, 3] in mode training).",
  ],
  [
    messages.stageNameTaken("mine", "res2", "features"),
    '[mine] Two stages are named "res2". Evaluations take layers by their names, so give each its own.',
  ],
  [
    messages.stageNameTaken("mine", "features", "features"),
    '[mine] A stage is named "features", which stands for what the encoder gives. Name it otherwise.',
  ],
  [
    messages.stageFailed("[mine] No.", "res2", pass),
    '[mine] No (in the stage "res2", with images [2, 32, 32, 3] in mode training). A stage is given the ' +
      "map of the one before, and the first one the images.",
  ],
  [
    messages.stageMapMisshapen("mine", { name: "res2", channels: 8, stride: 4 }, pass, {
      wanted: [2, 8, 8, 8],
      got: numbers,
    }),
    '[mine] The map of the stage "res2" of images [2, 32, 32, 3] in mode training must be [2, 8, 8, 8] ' +
      "float32 (channels 8, stride 4, rounding up), got [2, 3] int32. Return a map [B, h, w, channels], " +
      'and say as `stride` how many pixels of an image there are for one of the map. `rounding: "down"` is ' +
      "for windows that cut off the rest of a side.",
  ],
  [
    messages.stageMapNotFinite("mine", "res2", pass),
    '[mine] The map of the stage "res2" of images [2, 32, 32, 3] in mode training has NaN or infinite ' +
      "values. Look for a division by 0, and for a root or a logarithm of 0.",
  ],
  [
    messages.mapFreed("mine", "res2"),
    '[mine] The stage "res2" frees the map that it is given, which belongs to the caller. Leave it.',
  ],
  [
    messages.tensorLeftByStage("mine", "res2", numbers),
    '[mine] The stage "res2" leaves a tensor ([2, 3] int32) behind each time. Use no `tf.keep` in it; make ' +
      "what stays with `scope.buffer`.",
  ],
  [
    messages.valuesMovedByStages("mine", ["norm.mean"]),
    '[mine] The stages write the value "norm.mean" in mode inference. Move running statistics only where ' +
      "`mode.training` is true.",
  ],
  [
    messages.mapVaries("mine", "res2"),
    '[mine] The same images get another map of the stage "res2" each time in mode inference. Draw no ' +
      "random numbers in `forward`, and remember nothing in JavaScript.",
  ],
  [
    messages.mapNotAlone("mine", "res2", 0.123),
    '[mine] In mode inference the map of the stage "res2" depends on the other images of the batch: that ' +
      "of an image differs by 12 % when it is passed alone. Pass `mode` on to the layers, and normalize by " +
      "running statistics where `mode.training` is false.",
  ],
  [
    messages.featuresOfOtherMap("mine", "res2", ["aside.weight"]),
    '[mine] The features must be made of the map of the last stage, "res2", and this map alone is made of ' +
      'the trained value "aside.weight". Let `forward` of the encoder go through its stages, and give no ' +
      "map that it does not use.",
  ],
  [
    messages.valueBesideScope("mine", [numbers, numbers]),
    "[mine] The encoder makes a variable ([2, 3] int32) that is not part of the run's state, so no " +
      "checkpoint would hold it. Make it in `build`, with `scope.parameter` or `scope.buffer`.",
  ],
  [
    messages.trainedValueWritten("mine", ["norm.mean"]),
    '[mine] forward writes the trained value "norm.mean", which only the optimizer may move. Make running ' +
      "statistics with `scope.buffer`.",
  ],
  [
    messages.tensorLeftByBuild("mine", [numbers]),
    "[mine] build leaves a tensor ([2, 3] int32) that nobody frees. `scope` copies first values, so " +
      "dispose yours; make constants in `forward`, or with `scope.buffer`.",
  ],
  [
    messages.tensorLeftByForward("mine", [numbers]),
    "[mine] forward leaves a tensor ([2, 3] int32) behind in each step. Use no `tf.keep` in it; make what " +
      "later steps read with `scope.buffer`.",
  ],
  [
    messages.imagesFreed("mine"),
    "[mine] forward frees the images that it is given, which belong to the caller. Leave them.",
  ],
  [
    messages.namesVary("mine", ["a", "b", "c", "d", "e"]),
    '[mine] build makes the values "a", "b", "c" and 2 more in one network and not in another, or with ' +
      "another shape or role. Names, shapes and roles must follow from the options alone: momentum " +
      "encoders and checkpoints find values by name.",
  ],
  [
    messages.encoderFirstValuesVary("mine", ["a"]),
    '[mine] The value "a" starts differently in two networks with the same seed. Let `scope` draw first ' +
      "values, or seed your initializer with `scope.seed`.",
  ],
  [
    messages.encoderFirstValuesVary("mine", ["a", "b"]),
    '[mine] The values "a", "b" start differently in two networks with the same seed. Let `scope` draw ' +
      "first values, or seed your initializer with `scope.seed`.",
  ],
  [
    messages.seedChangesNothing("mine"),
    "[mine] All values start the same whatever the seed, so runs with several seeds are one run. Let " +
      "`scope` draw first values. If the encoder brings weights of its own, set the test's option " +
      "`startsTrained`.",
  ],
  [
    messages.featuresVary("mine"),
    "[mine] The same images get other features each time in mode inference. Draw no random numbers in " +
      "`forward`, and remember nothing in JavaScript.",
  ],
  [
    messages.imageNotAlone("mine", 2, 0.123),
    "[mine] In mode inference the features of an image depend on the others of its batch: those of image 2 " +
      "differ by 12 % when it is passed alone. Normalize by running statistics where `mode.training` is " +
      "false.",
  ],
  [
    messages.valuesMovedByInference("mine", ["norm.mean"]),
    '[mine] forward writes the value "norm.mean" in mode inference. Move running statistics only where ' +
      "`mode.training` is true.",
  ],
  [
    messages.groupsNotApart("mine", 2, 0.5),
    "[mine] With batchNormGroups 2 in mode training, the features must be those of 2 batches passed one by " +
      "one, and they differ by 50 %. Normalize each of the `mode.batchNormGroups` equal parts of the batch " +
      "apart from the others, as core's `batchNorm` does.",
  ],
  [
    messages.featuresAllZero("mine"),
    "[mine] All features are zero in mode training, so there is nothing to learn from. Look for a relu or " +
      "a scale that leaves nothing.",
  ],
  [
    messages.encoderGradientNotFinite("mine", ["a"]),
    '[mine] The gradient of the value "a" has NaN or infinite values. Look for a division by 0, and for a ' +
      "root or a logarithm of 0.",
  ],
  [
    messages.valuesWithoutGradient("mine", [{ name: "stem.bias", shape: [8] }]),
    '[mine] No gradient comes to the trained value "stem.bias" [8]. Use it in `forward`, or make it with ' +
      "`scope.buffer`. If this is intended, as of a bias before batch norm, name it in the test's option " +
      "`withoutGradient`.",
  ],
  [
    messages.valuesWithoutGradient("mine", [
      { name: "a", shape: [3, 8] },
      { name: "b", shape: [8] },
    ]),
    '[mine] No gradient comes to the trained values "a" [3, 8], "b" [8]. Use them in `forward`, or make ' +
      "them with `scope.buffer`. If this is intended, as of a bias before batch norm, name them in the " +
      "test's option `withoutGradient`.",
  ],
  [
    messages.valueWithGradientAfterAll("mine", "fc.weight"),
    '[mine] The test\'s option `withoutGradient` names "fc.weight", which gets a gradient, or is no ' +
      "trained value of the encoder. Remove it, or correct its name.",
  ],
  [
    messages.gradientOfOtherFeatures("mine", { name: "a", shape: [3, 8] }, { measured: 1.5, stated: 3 }),
    '[mine] The gradient of "a" [3, 8] is not that of the features: along it a sum of features rises by ' +
      "1.500 per unit of length, but the gradient says 3.000. Correct the gradients that the encoder " +
      "defines itself, such as those of `tf.customGrad`, in the ops between this value and the features.",
  ],
  [
    messages.encoderModesDiffer("mine", "xla", { what: 'gradient of "a"', pass: 1, error: 0.012 }),
    '[mine] In mode xla the gradient of "a" of pass 1 differs by 1.2 % from mode eager. JavaScript in ' +
      "`forward` runs only while the step is recorded: remember nothing in it, and make what changes from " +
      "step to step with `scope.buffer`.",
  ],
  [
    messages.restoredFeaturesDiffer("mine", "inference"),
    "[mine] An encoder with restored values gives other features in mode inference than the one whose " +
      "values were saved. Something that `forward` reads is not among the values: make it with " +
      "`scope.parameter` or `scope.buffer`.",
  ],
  [
    messages.lossDoesNotFall("mine", 5, { first: 2, last: 2.25 }),
    "[mine] The loss of a small method is 2.000 in its first step and 2.250 after 5 steps on the same " +
      "images, so the encoder does not learn. Look at the gradients, and at layers that let next to " +
      "nothing through.",
  ],
])("%#: %s", (message, sentence) => {
  expect(message).toBe(sentence);
});

it("are each here", async () => {
  const test = await readFile(new URL(import.meta.url), "utf8");
  expect(Object.keys(messages).filter((name) => !test.includes(`messages.${name}`))).toEqual([]);
});
