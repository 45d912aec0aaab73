import * as messages from "./training.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
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
    "TRAINING_FAILED",
    messages.fineTuneNotFinite(0.01, 5),
    "The loss of fine-tuning is not a number with learning rates 0.01 and 5. Try smaller ones: --lr-trunk, " +
      "--lr-head, and --lr-scratch from scratch.",
  ],
  [
    "TRAINING_FAILED",
    messages.probeNotFinite(1e39),
    "The linear probe's loss is not a number with learning rate 1e+39. " +
      "Try a smaller one, or several to choose from.",
  ],
]);

eachIsHere(messages, import.meta.url);
