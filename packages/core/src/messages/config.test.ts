import * as messages from "./config.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

const layer = { encoder: "mine", layer: "drop", className: "Dropout" };

errors([
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
    'encoder "mine": layer "drop" (Dropout) draws random numbers in each step, which the run\'s seed ' +
      "does not fix. Set its rate to 0, or end the encoder before it: tf.model({ inputs: model.inputs, " +
      'outputs: model.getLayer("…").output }).',
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
]);

sentences([
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
]);

eachIsHere(messages, import.meta.url);
