import * as messages from "./evaluation.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

const chosen = (by: "knn" | "held-out" | "rank", value: number, testOfRun: boolean) =>
  messages.checkpointChosen("step-0000120", { by, value }, testOfRun);

errors([
  [
    "INVALID_OPTION",
    messages.encoderWithoutLayers("vit-tiny"),
    "The protocol vissl classifies by the feature maps of an encoder's stages, and vit-tiny has none. " +
      "Train on its features with --layers features, or choose another --protocol.",
  ],
  [
    "INVALID_OPTION",
    messages.layersUnknown("resnet18", ["rse4", "x"], ["conv1", "res4", "features"]),
    '--layers must name layers of resnet18: conv1, res4, features; got "rse4", "x". Did you mean "res4"?',
  ],
  [
    "INVALID_OPTION",
    messages.testNotGiven(),
    "Name the images to classify with --test: the config of this run names none, as neither data.test nor " +
      "evaluation.test is set.",
  ],
]);

sentences([
  [
    chosen("knn", 0.382, true),
    "step-0000120 is the best by kNN accuracy on the run's test images, 38.2 %, which are classified here " +
      "too: results of a checkpoint that was chosen by them are too good. checkpoint.best: held-out, or " +
      "rank, chooses without them.",
  ],
  [chosen("knn", 0.382, false), "step-0000120 is the best by kNN accuracy on the run's test images, 38.2 %."],
  [
    chosen("held-out", 0.35, true),
    "step-0000120 is the best by kNN accuracy on held-out labelled images, 35.0 %; no test image was " +
      "looked at.",
  ],
  [
    chosen("rank", 23.12, true),
    "step-0000120 is the best by the effective rank of its features, 23.1; no label was looked at.",
  ],
  [
    messages.probeDiverges({ learningRate: 30, trainLoss: 77.91 }, Math.log(10)),
    "With lr 30 the probe's loss ends at 77.9, above that of guessing (2.30): the rate is too large for " +
      "these features. Try a smaller --lr.",
  ],
  [
    messages.evaluationNotKept("runs/a", "EROFS: read-only file system"),
    "The result could not be kept in runs/a: EROFS: read-only file system.",
  ],
  [
    messages.costsByTestImages(),
    "C is the one with the highest mAP on the test images, as in VISSL's code: read these as best cases.",
  ],
  [
    messages.baselineNotMeasured("The loss is not a number."),
    "The untrained encoder could not be measured, so there is no baseline: The loss is not a number.",
  ],
]);

eachIsHere(messages, import.meta.url);
